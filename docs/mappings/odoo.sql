-- SPDX-License-Identifier: MIT
-- Odoo 16 to 18 on PostgreSQL: sale, sale_margin (cost), sale_stock (delivery), account, crm; tickets
-- need helpdesk, contracts sale_subscription from 17 on. A module that is not installed: take its
-- columns out. Money is the company's.

create view kam_orders as
select p.commercial_partner_id as account, s.name as "order", s.date_order as day, l.product_uom_qty as quantity,
       l.price_subtotal / coalesce(nullif(s.currency_rate, 0), 1) as revenue,
       l.purchase_price * l.product_uom_qty / coalesce(nullif(s.currency_rate, 0), 1) as cost,
       s.commitment_date as promised_day,
       case when l.qty_delivered >= l.product_uom_qty then
           (select max(m.date) from stock_move m where m.sale_line_id = l.id and m.state = 'done') end as delivered_day
  from sale_order_line l
  join sale_order s on s.id = l.order_id
  join res_partner p on p.id = s.partner_id
 where s.state in ('sale', 'done') and l.display_type is null
union all
select p.commercial_partner_id, i.name, i.invoice_date, -l.quantity, -l.balance,
       -l.quantity * (select max(o.purchase_price / coalesce(nullif(s.currency_rate, 0), 1))
                        from sale_order_line_invoice_rel r
                        join sale_order_line o on o.id = r.order_line_id
                        join sale_order s on s.id = o.order_id
                       where r.invoice_line_id = l.id), null, null
  from account_move_line l
  join account_move i on i.id = l.move_id
  join res_partner p on p.id = i.partner_id
 where i.move_type = 'out_refund' and i.state = 'posted' and l.display_type = 'product';

create view kam_invoices as
select i.commercial_partner_id as account, i.name as invoice, i.invoice_date as invoice_day,
       i.invoice_date_due as due_day,
       case when i.payment_state in ('paid', 'in_payment') then
           (select max(r.max_date) from account_move_line l
              join account_partial_reconcile r on r.debit_move_id = l.id or r.credit_move_id = l.id
             where l.move_id = i.id) end as paid_day,
       i.amount_total_signed as amount
  from account_move i
 where i.move_type in ('out_invoice', 'out_refund') and i.state = 'posted';

-- A renewal is an order of its own: it counts from the start of the first. A term is a period of the
-- plan, at whose end a customer may leave; of plans by the day or week it is not known.
create view kam_contracts as
select p.commercial_partner_id as account, coalesce(f.start_date, s.start_date) as start, s.end_date as "end",
       case when s.subscription_state = '6_churn' then 'yes' end as ended,
       s.recurring_monthly / coalesce(nullif(s.currency_rate, 0), 1) * t.months as value, t.months as term_months
  from sale_order s
  join res_partner p on p.id = s.partner_id
  left join sale_order f on f.id = s.origin_order_id
  left join (select id, billing_period_value * case billing_period_unit when 'month' then 1 when 'year' then 12 end as months
               from sale_subscription_plan) t on t.id = s.plan_id
 where s.state in ('sale', 'done') and s.subscription_state in ('3_progress', '4_paused', '6_churn');

create view kam_opportunities as
select p.commercial_partner_id as account, o.create_date as opened_day, o.date_closed as closed_day,
       case when g.is_won then 1 when not o.active and o.probability = 0 then 0 end as won, o.expected_revenue as value
  from crm_lead o
  join res_partner p on p.id = o.partner_id
  join crm_stage g on g.id = o.stage_id
 where o.type = 'opportunity';

create view kam_tickets as
select p.commercial_partner_id as account, t.create_date as day,
       (date_part('epoch', t.close_date) - date_part('epoch', t.create_date)) / 3600 as hours,
       (date_part('epoch', t.sla_deadline) - date_part('epoch', t.create_date)) / 3600 as "limit",
       case when t.close_date is null then 1 else 0 end as is_open
  from helpdesk_ticket t
  join res_partner p on p.id = t.partner_id;
