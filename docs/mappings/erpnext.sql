-- SPDX-License-Identifier: MIT
-- ERPNext 15 on MariaDB. Money is the company's (base_...), but that of
-- subscriptions is their plans'; quantity in the unit of the stock.

create view kam_orders as
select s.customer as account, s.name as `order`, s.transaction_date as day, l.stock_qty as quantity,
       l.base_net_amount as revenue, l.valuation_rate * l.stock_qty as cost, l.delivery_date as promised_day,
       case when l.delivered_qty >= l.qty then
           (select max(d.posting_date) from `tabDelivery Note Item` i
              join `tabDelivery Note` d on d.name = i.parent
             where i.so_detail = l.name and d.docstatus = 1) end as delivered_day
  from `tabSales Order Item` l
  join `tabSales Order` s on s.name = l.parent
 where s.docstatus = 1
union all
select i.customer, i.name, i.posting_date, l.stock_qty, l.base_net_amount, l.incoming_rate * l.stock_qty, null, null
  from `tabSales Invoice Item` l
  join `tabSales Invoice` i on i.name = l.parent
 where i.docstatus = 1 and i.is_return = 1;

-- Paid on the day of the last entry, once entries add up to nothing.
create view kam_invoices as
select i.customer as account, i.name as invoice, i.posting_date as invoice_day, i.due_date as due_day,
       case when abs(i.outstanding_amount) < 0.005 then
           (select max(e.posting_date) from `tabPayment Ledger Entry` e
             where e.against_voucher_no = i.name and e.voucher_no <> i.name and e.delinked = 0) end as paid_day,
       i.base_grand_total as amount
  from `tabSales Invoice` i
 where i.docstatus = 1;

-- Contracts, of which no value is kept, and subscriptions, whose plans have one
-- period: a term, at whose end a customer may leave.
create view kam_contracts as
select c.party_name as account, c.start_date as start, c.end_date as `end`,
       case when c.status = 'Inactive' then 'yes' end as ended, null as value, null as term_months
  from `tabContract` c
 where c.docstatus = 1 and c.party_type = 'Customer'
union all
select s.party, s.start_date,
       coalesce(s.cancelation_date, case when s.cancel_at_period_end = 1 then s.current_invoice_end end, s.end_date),
       case when s.status in ('Cancelled', 'Completed') or s.cancel_at_period_end = 1 then 'yes' end, t.value, t.months
  from `tabSubscription` s
  left join (select d.parent, max(p.billing_interval_count * case p.billing_interval when 'Month' then 1 when 'Year' then 12 end) as months,
                    case when min(p.price_determination = 'Fixed Rate') = 1 then sum(p.cost * d.qty) end as value
               from `tabSubscription Plan Detail` d
               join `tabSubscription Plan` p on p.name = d.plan
              group by d.parent) t on t.parent = s.name
 where s.party_type = 'Customer' and s.status not in ('Trialing', 'Trialling');

-- Resolution is in seconds; the limit from the service level agreement.
create view kam_tickets as
select t.customer as account, t.creation as day, t.resolution_time / 3600.0 as hours,
       timestampdiff(second, t.creation, t.sla_resolution_by) / 3600.0 as `limit`,
       case when t.status in ('Resolved', 'Closed') then 0 else 1 end as is_open
  from `tabIssue` t
 where t.customer is not null;
