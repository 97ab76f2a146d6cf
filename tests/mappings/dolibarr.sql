-- SPDX-License-Identifier: MIT
-- The few tables and columns that the views read, and the story that test_mappings.py tells.
create table llx_commande (rowid integer, ref text, fk_soc integer, date_commande date, date_livraison datetime, fk_statut integer);
create table llx_commandedet (fk_commande integer, qty double precision, total_ht double precision, buy_price_ht double precision);
create table llx_expedition (rowid integer, date_delivery datetime, fk_statut integer);
create table llx_element_element (sourcetype text, fk_source integer, targettype text, fk_target integer);
create table llx_facture (rowid integer, ref text, fk_soc integer, type integer, fk_statut integer, datef date, date_lim_reglement date,
    total_ttc double precision);
create table llx_facturedet (fk_facture integer, qty double precision, total_ht double precision, buy_price_ht double precision);
create table llx_paiement (rowid integer, datep datetime);
create table llx_paiement_facture (fk_paiement integer, fk_facture integer);
create table llx_contrat (rowid integer, fk_soc integer);
create table llx_contratdet (fk_contrat integer, statut integer, date_ouverture datetime, date_fin_validite datetime, date_cloture datetime,
    total_ht double precision);
create table llx_ticket (fk_soc integer, datec datetime, date_close datetime);

insert into llx_commande values (1, 'SO1', 1, '2024-01-10', '2024-01-20', 3), (2, 'SO2', 2, '2024-02-01', '2024-02-10', 1),
    (3, 'SO3', 1, '2024-01-11', null, -1), (4, 'SO4', 1, '2024-01-12', null, 0);
insert into llx_commandedet values (1, 10, 1000, 60), (1, 2, 200, 60), (2, 4, 400, 62.5), (3, 7, 777, 1), (4, 9, 999, 1);
insert into llx_expedition values (1, '2024-01-18', 2), (2, '2024-01-30', 0);
insert into llx_element_element values ('commande', 1, 'shipping', 1), ('commande', 1, 'shipping', 2), ('commande', 1, 'facture', 1);
insert into llx_facture values (1, 'IN1', 1, 0, 2, '2024-01-20', '2024-02-19', 1440), (2, 'IN2', 2, 0, 1, '2024-02-12', '2024-03-13', 480),
    (3, 'CN1', 1, 2, 1, '2024-03-01', '2024-03-01', -120), (4, 'IN3', 1, 0, 3, '2024-03-02', null, 999), (5, '(PROV5)', 1, 0, 0, '2024-03-02', null, 999);
insert into llx_facturedet values (1, 12, 1200, 60), (3, 1, -100, 60), (5, 1, 999, 60);
insert into llx_paiement values (1, '2024-02-20'), (2, '2024-02-25');
insert into llx_paiement_facture values (1, 1), (2, 1);
insert into llx_contrat values (1, 1), (2, 2);
insert into llx_contratdet values (1, 4, '2023-05-01', '2024-04-30', null, 1200), (2, 5, '2023-01-01', '2024-06-30', '2023-12-31', 600),
    (2, 0, null, null, null, 9);
insert into llx_ticket values (1, '2024-02-05 08:00:00', '2024-02-06 10:30:00'), (2, '2024-03-02 08:00:00', null), (null, '2024-03-02 08:00:00', null);
