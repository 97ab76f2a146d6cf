-- SPDX-License-Identifier: MIT
-- Tryton on PostgreSQL, modules sale, account_invoice and sale_subscription (the last view: leave it out
-- where it is not installed); tickets are in modules of others. Run with Tryton 8.2. One company: else add
-- a condition on `company`.

-- Quantity: in the product's own unit. A return is a sale with negative quantities. Cost: of the goods as they left the warehouse,
-- else the product's cost price of today.
create view kam_orders as
select s.party as account, s.number as "order", s.sale_date as day,
       l.quantity * coalesce(u.factor / d.factor, 1) as quantity,
       round(cast(l.quantity as numeric) * l.unit_price, c.digits) as revenue,
       round(cast(l.quantity * u.factor / d.factor as numeric) * coalesce(
           (select sum(m.cost_price * cast(m.internal_quantity as numeric)) / sum(cast(m.internal_quantity as numeric))
              from stock_move m
             where m.origin = 'sale.line,' || l.id and m.state = 'done' and m.internal_quantity > 0),
           p.cost_price), c.digits) as cost,
       case when l.quantity > 0 then
           (select max(coalesce(m.origin_planned_date, m.planned_date)) from stock_move m
             where m.origin = 'sale.line,' || l.id and m.state <> 'cancelled') end as promised_day,
       case when l.quantity > 0 and not exists
           (select 1 from stock_move m
             where m.origin = 'sale.line,' || l.id and m.state not in ('done', 'cancelled')) then
           (select max(m.effective_date) from stock_move m
             where m.origin = 'sale.line,' || l.id and m.state = 'done') end as delivered_day
  from sale_line l
  join sale_sale s on s.id = l.sale
  join currency_currency c on c.id = s.currency
  left join product_product v on v.id = l.product
  left join product_template t on t.id = v.template
  left join product_uom u on u.id = l.unit
  left join product_uom d on d.id = t.default_uom
  left join product_cost_price p on p.product = l.product and p.company = s.company
 where l.type = 'line' and s.state in ('confirmed', 'processing', 'done');

-- Amounts with tax, in the invoice's currency; a credit note is below zero. Paid on the day of the
-- last payment: a reconciliation's own date is never before the invoice is due.
create view kam_invoices as
select i.party as account, i.number as invoice, i.invoice_date as invoice_day,
       (select max(m.maturity_date) from account_move_line m
         where m.move = i.move and m.account = i.account) as due_day,
       case when i.state = 'paid' then
           (select max(n.date) from account_move_line m
              join account_move_line o on o.reconciliation = m.reconciliation and o.move <> m.move
              join account_move n on n.id = o.move
             where m.move = i.move and m.account = i.account) end as paid_day,
       i.total_amount_cache as amount
  from account_invoice i
 where i.type = 'out' and i.state in ('posted', 'paid');

-- A term is that of invoices, where it is so many months or years; value: of the lines that run to the
-- end, whatever the recurrence of each.
create view kam_contracts as
with every as (
    select r.set_ as id, case when count(*) = 1 and max(r.bymonth) is null then
               max(r.interval * case r.freq when 'yearly' then 12 when 'monthly' then 1 end) end as months
      from sale_subscription_recurrence_rule r
     group by r.set_
)
select s.party as account, s.start_date as start, s.end_date as "end", case when s.state = 'closed' then 'yes' end as ended,
       (select case when count(l.quantity * e.months) = count(*) then
                   round(sum(cast(l.quantity as numeric) * l.unit_price * t.months / e.months), c.digits) end
          from sale_subscription_line l
          left join every e on e.id = l.consumption_recurrence
         where l.subscription = s.id and (l.end_date is null or l.end_date = s.end_date)) as value,
       t.months as term_months
  from sale_subscription s
  join currency_currency c on c.id = s.currency
  left join every t on t.id = s.invoice_recurrence
 where s.state in ('running', 'closed');
