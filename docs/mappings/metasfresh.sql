-- SPDX-License-Identifier: MIT
-- Contracts of metasfresh on PostgreSQL. Orders, invoices and requests have the tables of iDempiere: take idempiere.sql
-- for them, without its kam_contracts. Columns as in metasfresh's generated models of C_Flatrate_Term,
-- C_Flatrate_Conditions and C_Flatrate_Transition.

-- Subscriptions. A row there is one term, with the next one linked to it: a contract is the chain of them, and what it
-- says now is said by the last. Status: Qu quit (the end is then the day of that), Ec to end with its term, Vo voided, as terms are
-- that were to follow. A term is invoiced at the planned quantity times its price; its end is its last day.
create view kam_contracts as
with recursive term as (
    select t.* from c_flatrate_term t
     where t.isactive = 'Y' and t.issimulation = 'N' and t.docstatus in ('CO', 'CL') and t.type_conditions = 'Subscr'
       and coalesce(t.contractstatus, '-') <> 'Vo'),
chain (head, last, following) as (
    select t.c_flatrate_term_id, t.c_flatrate_term_id, t.c_flatrateterm_next_id from term t
     where not exists (select 1 from term p where p.c_flatrateterm_next_id = t.c_flatrate_term_id)
    union all
    select c.head, t.c_flatrate_term_id, t.c_flatrateterm_next_id from chain c
      join term t on t.c_flatrate_term_id = c.following)
select l.bill_bpartner_id as account, h.startdate as start, l.enddate as "end",
       case when l.contractstatus in ('Qu', 'Ec') then 'yes' end as ended, l.priceactual * l.plannedqtyperunit as value,
       d.termduration * case d.termdurationunit when 'month' then 1 when 'year' then 12 end as term_months
  from chain c
  join term h on h.c_flatrate_term_id = c.head
  join term l on l.c_flatrate_term_id = c.last
  join c_flatrate_conditions k on k.c_flatrate_conditions_id = l.c_flatrate_conditions_id
  left join c_flatrate_transition d on d.c_flatrate_transition_id = k.c_flatrate_transition_id
 where not exists (select 1 from term n where n.c_flatrate_term_id = c.following);
