-- SPDX-License-Identifier: MIT
-- Dolibarr 14 and later on MariaDB. Money without tax is total_ht, the company's.

create view kam_orders as
select s.fk_soc as account, s.ref as `order`, s.date_commande as day, l.qty as quantity, l.total_ht as revenue,
       l.buy_price_ht * l.qty as cost, s.date_livraison as promised_day,
       case when s.fk_statut = 3 then
           (select max(d.date_delivery) from llx_element_element e
              join llx_expedition d on d.rowid = e.fk_target
             where e.sourcetype = 'commande' and e.targettype = 'shipping' and e.fk_source = s.rowid
               and d.fk_statut > 0) end as delivered_day
  from llx_commandedet l
  join llx_commande s on s.rowid = l.fk_commande
 where s.fk_statut > 0
union all
select f.fk_soc, f.ref, f.datef, -abs(l.qty), -abs(l.total_ht), -abs(l.buy_price_ht * l.qty), null, null
  from llx_facturedet l
  join llx_facture f on f.rowid = l.fk_facture
 where f.type = 2 and f.fk_statut > 0;

-- Abandoned invoices (3) are left out.
create view kam_invoices as
select f.fk_soc as account, f.ref as invoice, f.datef as invoice_day, f.date_lim_reglement as due_day,
       case when f.fk_statut = 2 then
           (select max(p.datep) from llx_paiement_facture a
              join llx_paiement p on p.rowid = a.fk_paiement
             where a.fk_facture = f.rowid) end as paid_day,
       f.total_ttc as amount
  from llx_facture f
 where f.fk_statut in (1, 2) and f.type in (0, 1, 2);

-- A service line that was opened; it ends when it was closed, else as agreed.
create view kam_contracts as
select c.fk_soc as account, l.date_ouverture as start, coalesce(l.date_cloture, l.date_fin_validite) as `end`,
       case when l.statut = 5 then 'yes' end as ended, l.total_ht as value, null as term_months
  from llx_contratdet l
  join llx_contrat c on c.rowid = l.fk_contrat
 where l.date_ouverture is not null;

create view kam_tickets as
select t.fk_soc as account, t.datec as day, timestampdiff(second, t.datec, t.date_close) / 3600.0 as hours,
       null as `limit`, case when t.date_close is null then 1 else 0 end as is_open
  from llx_ticket t
 where t.fk_soc is not null;
