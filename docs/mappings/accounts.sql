-- SPDX-License-Identifier: MIT
-- PostgreSQL: one row an account of kam_orders, of what was known on a day, as kam_fit and the
-- functions of a row take it (docs/databases.md) and as kam-score makes it (docs/models/ledger.md).
create function kam_accounts(as_of date)
    returns table (account text, repeat_orders float8, last_order_periods float8, age_periods float8,
                   mean_order_value float8, gross_revenue float8, "returns" float8, direct_cost float8)
    stable parallel safe language sql as $$
with lines as (
    select o.account::text, o."order", o.day::date, o.revenue::numeric, o.cost::numeric
      from kam_orders o
     where o.day::date <= as_of
), orders as (
    select l.account, min(l.day) as day, sum(l.revenue) as value
      from lines l
     group by l.account, l."order"
    having sum(l.revenue) > 0
), firsts as (
    select o.account, min(o.day) as first_day, max(o.day) as last_day, count(distinct o.day) - 1 as repeats
      from orders o
     group by o.account
), later as (
    select o.account, sum(o.value) as value
      from orders o
      join firsts f on f.account = o.account and o.day > f.first_day
     group by o.account
), money as (
    select l.account, sum(l.revenue) filter (where l.revenue > 0) as gross,
           coalesce(-sum(l.revenue) filter (where l.revenue < 0), 0) as back,
           case when count(l.cost) = count(*) then sum(l.cost) end as cost
      from lines l
     group by l.account
)
select f.account, f.repeats, (f.last_day - f.first_day) / 7.0, (as_of - f.first_day) / 7.0, l.value / f.repeats,
       m.gross, m.back, m.cost
  from firsts f
  join money m on m.account = f.account
  left join later l on l.account = f.account
$$;
