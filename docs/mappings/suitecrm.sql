-- SPDX-License-Identifier: MIT
-- SuiteCRM 7.12 and 8 on MariaDB, module Advanced OpenSales. It has no orders: lines are those of
-- invoices. It keeps neither payments nor when a case was closed: its last change stands for that.

create view kam_orders as
select i.billing_account_id as account, i.number as `order`, i.invoice_date as day, l.product_qty as quantity,
       l.product_total_price as revenue, l.product_cost_price * l.product_qty as cost,
       null as promised_day, null as delivered_day
  from aos_products_quotes l
  join aos_invoices i on i.id = l.parent_id
 where l.parent_type = 'AOS_Invoices' and l.deleted = 0 and i.deleted = 0 and i.status <> 'Cancelled';

create view kam_invoices as
select i.billing_account_id as account, i.number as invoice, i.invoice_date as invoice_day, i.due_date as due_day,
       null as paid_day, i.total_amount as amount
  from aos_invoices i
 where i.deleted = 0 and i.status <> 'Cancelled';

create view kam_contracts as
select c.contract_account_id as account, c.start_date as start, c.end_date as `end`, null as ended,
       c.total_contract_value as value, null as term_months
  from aos_contracts c
 where c.deleted = 0 and c.status = 'Signed';

create view kam_opportunities as
select a.account_id as account, o.date_entered as opened_day,
       case when o.sales_stage in ('Closed Won', 'Closed Lost') then o.date_closed end as closed_day,
       case o.sales_stage when 'Closed Won' then 1 when 'Closed Lost' then 0 end as won, o.amount as value
  from opportunities o
  join accounts_opportunities a on a.opportunity_id = o.id and a.deleted = 0
 where o.deleted = 0;

create view kam_tickets as
select c.account_id as account, c.date_entered as day,
       case when c.state = 'Closed' then timestampdiff(second, c.date_entered, c.date_modified) / 3600.0 end as hours,
       null as `limit`, case when c.state = 'Closed' then 0 else 1 end as is_open
  from cases c
 where c.deleted = 0;
