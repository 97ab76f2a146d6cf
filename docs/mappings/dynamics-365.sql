-- SPDX-License-Identifier: MIT
-- Dynamics 365 Sales and Customer Service: the tables of Dataverse, as its SQL endpoint or a synced
-- Microsoft SQL Server shows them. It keeps no payments: paid_day is not known. Money is the base
-- currency (..._base).

create view kam_orders as
select s.customerid as account, s.ordernumber as "order", coalesce(s.submitdate, s.createdon) as day, l.quantity,
       l.extendedamount_base - coalesce(l.tax_base, 0) as revenue, l.quantity * p.currentcost_base as cost,
       coalesce(l.requestdeliveryby, s.requestdeliveryby) as promised_day, s.datefulfilled as delivered_day
  from salesorderdetail l
  join salesorder s on s.salesorderid = l.salesorderid
  left join product p on p.productid = l.productid
 where s.statecode in (1, 3, 4);

create view kam_invoices as
select i.customerid as account, i.invoicenumber as invoice, i.createdon as invoice_day, i.duedate as due_day,
       null as paid_day, i.totalamount_base as amount
  from invoice i
 where i.statecode in (0, 1, 2);

create view kam_contracts as
select e.customerid as account, e.startdate as start, e.enddate as "end",
       case when e.statecode = 2 then 'yes' end as ended, null as value, null as term_months
  from entitlement e
 where e.statecode in (1, 2, 3);

create view kam_opportunities as
select o.customerid as account, o.createdon as opened_day, o.actualclosedate as closed_day,
       case o.statecode when 1 then 1 when 2 then 0 end as won,
       coalesce(o.actualvalue_base, o.estimatedvalue_base) as value
  from opportunity o;

create view kam_tickets as
select t.customerid as account, t.createdon as day,
       (select max(datediff(second, t.createdon, r.actualend)) / 3600.0 from incidentresolution r
         where r.incidentid = t.incidentid) as hours,
       datediff(second, t.createdon, t.resolveby) / 3600.0 as "limit",
       case when t.statecode = 0 then 1 else 0 end as is_open
  from incident t
 where t.statecode in (0, 1);
