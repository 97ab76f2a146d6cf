-- SPDX-License-Identifier: MIT
-- iDempiere 10 and later, and ADempiere, on PostgreSQL; metasfresh has the same tables (its
-- c_invoice has a column duedate: take that), but other contracts (metasfresh.sql). Money is the document's: one
-- currency, or convert.

create view kam_orders as
select o.c_bpartner_id as account, o.documentno as "order", o.dateordered as day, l.qtyordered as quantity,
       l.linenetamt as revenue,
       l.qtyordered * (select sum(c.currentcostprice) from m_cost c
                         join ad_clientinfo n on n.ad_client_id = c.ad_client_id
                         join c_acctschema a on a.c_acctschema_id = n.c_acctschema1_id
                         join m_costelement e on e.m_costelement_id = c.m_costelement_id
                        where c.m_product_id = l.m_product_id and c.ad_client_id = l.ad_client_id
                          and c.c_acctschema_id = a.c_acctschema_id and c.m_costtype_id = a.m_costtype_id
                          and e.costingmethod = a.costingmethod) as cost,
       coalesce(l.datepromised, o.datepromised) as promised_day,
       case when l.qtydelivered >= l.qtyordered then
           (select max(d.movementdate) from m_inoutline i
              join m_inout d on d.m_inout_id = i.m_inout_id
             where i.c_orderline_id = l.c_orderline_id and d.docstatus in ('CO', 'CL')) end as delivered_day
  from c_orderline l
  join c_order o on o.c_order_id = l.c_order_id
 where o.issotrx = 'Y' and o.docstatus in ('CO', 'CL')
union all
select i.c_bpartner_id, i.documentno, i.dateinvoiced, -l.qtyinvoiced, -l.linenetamt,
       -l.qtyinvoiced * (select sum(c.currentcostprice) from m_cost c
                           join ad_clientinfo n on n.ad_client_id = c.ad_client_id
                           join c_acctschema a on a.c_acctschema_id = n.c_acctschema1_id
                           join m_costelement e on e.m_costelement_id = c.m_costelement_id
                          where c.m_product_id = l.m_product_id and c.ad_client_id = l.ad_client_id
                            and c.c_acctschema_id = a.c_acctschema_id and c.m_costtype_id = a.m_costtype_id
                            and e.costingmethod = a.costingmethod), null, null
  from c_invoiceline l
  join c_invoice i on i.c_invoice_id = l.c_invoice_id
  join c_doctype t on t.c_doctype_id = i.c_doctype_id
 where i.issotrx = 'Y' and i.docstatus in ('CO', 'CL') and t.docbasetype = 'ARC';

create view kam_invoices as
select i.c_bpartner_id as account, i.documentno as invoice, i.dateinvoiced as invoice_day,
       paymenttermduedate(i.c_paymentterm_id, i.dateinvoiced) as due_day,
       case when i.ispaid = 'Y' then
           (select max(h.datetrx) from c_allocationline l
              join c_allocationhdr h on h.c_allocationhdr_id = l.c_allocationhdr_id
             where l.c_invoice_id = i.c_invoice_id and h.docstatus in ('CO', 'CL')) end as paid_day,
       case when t.docbasetype = 'ARC' then -i.grandtotal else i.grandtotal end as amount
  from c_invoice i
  join c_doctype t on t.c_doctype_id = i.c_doctype_id
 where i.issotrx = 'Y' and i.docstatus in ('CO', 'CL');

-- Subscriptions: a row with all its renewals, by the generated models of C_Subscription and C_SubscriptionType. A type counts
-- days (D): 28 to 31 of them are a month, 364 to 366 twelve. What one costs is in price lists, not here.
create view kam_contracts as
select s.c_bpartner_id as account, s.startdate as start, s.paiduntildate as "end",
       case when s.isactive = 'N' then 'yes' end as ended, null as value,
       case when t.frequencytype = 'D' and abs(t.frequency - 30.4375 * round(t.frequency / 30.4375)) <= 3
            then nullif(round(t.frequency / 30.4375), 0) end as term_months
  from c_subscription s
  join c_subscriptiontype t on t.c_subscriptiontype_id = s.c_subscriptiontype_id;

create view kam_tickets as
select r.c_bpartner_id as account, r.created as day,
       (date_part('epoch', r.closedate) - date_part('epoch', r.created)) / 3600 as hours,
       null as "limit", case when r.closedate is null then 1 else 0 end as is_open
  from r_request r
 where r.c_bpartner_id is not null and r.isactive = 'Y';
