-- SPDX-License-Identifier: MIT
-- The few tables and columns that the views read, and the story that test_mappings.py tells.
create table c_order (c_order_id integer, c_bpartner_id integer, documentno text, dateordered timestamp, datepromised timestamp,
    issotrx text, docstatus text);
create table c_orderline (c_orderline_id integer, c_order_id integer, ad_client_id integer, m_product_id integer, qtyordered numeric,
    qtydelivered numeric, linenetamt numeric, datepromised timestamp);
create table ad_clientinfo (ad_client_id integer, c_acctschema1_id integer);
create table c_acctschema (c_acctschema_id integer, m_costtype_id integer, costingmethod text);
create table m_costelement (m_costelement_id integer, costingmethod text);
create table m_cost (ad_client_id integer, m_product_id integer, c_acctschema_id integer, m_costtype_id integer,
    m_costelement_id integer, currentcostprice numeric);
create table m_inout (m_inout_id integer, movementdate timestamp, docstatus text);
create table m_inoutline (m_inout_id integer, c_orderline_id integer);
create table c_doctype (c_doctype_id integer, docbasetype text);
create table c_invoice (c_invoice_id integer, c_bpartner_id integer, c_doctype_id integer, c_paymentterm_id integer, documentno text,
    dateinvoiced timestamp, grandtotal numeric, issotrx text, docstatus text, ispaid text);
create table c_invoiceline (c_invoice_id integer, ad_client_id integer, m_product_id integer, qtyinvoiced numeric, linenetamt numeric);
create table c_allocationhdr (c_allocationhdr_id integer, datetrx timestamp, docstatus text);
create table c_allocationline (c_allocationhdr_id integer, c_invoice_id integer);
create table c_subscriptiontype (c_subscriptiontype_id integer, frequency integer, frequencytype text);
create table c_subscription (c_bpartner_id integer, c_subscriptiontype_id integer, startdate timestamp, paiduntildate timestamp, isactive text);
create table r_request (c_bpartner_id integer, created timestamp, closedate timestamp, isactive text);

insert into c_order values (1, 1, 'SO1', '2024-01-10', '2024-01-20', 'Y', 'CO'), (2, 2, 'SO2', '2024-02-01', '2024-02-10', 'Y', 'CO'),
    (3, 1, 'SO3', '2024-01-11', null, 'Y', 'VO'), (4, 1, 'SO4', '2024-01-12', null, 'Y', 'DR'), (5, 1, 'PO1', '2024-01-12', null, 'N', 'CO');
insert into c_orderline values (1, 1, 11, 1, 10, 10, 1000, '2024-01-20'), (2, 1, 11, 1, 2, 2, 200, null), (3, 2, 11, 2, 4, 0, 400, null),
    (4, 3, 11, 1, 7, 0, 777, null), (5, 4, 11, 1, 9, 0, 999, null), (6, 5, 11, 1, 9, 0, 999, null);
insert into ad_clientinfo values (11, 1);
insert into c_acctschema values (1, 1, 'S'), (2, 1, 'A');
insert into m_costelement values (1, 'S'), (2, 'A');
insert into m_cost values (11, 1, 1, 1, 1, 60), (11, 1, 1, 1, 2, 61), (11, 1, 2, 1, 1, 62), (11, 2, 1, 1, 1, 62.50);
insert into m_inout values (1, '2024-01-18', 'CO'), (2, '2024-01-30', 'RE');
insert into m_inoutline values (1, 1), (1, 2), (2, 2);
insert into c_doctype values (1, 'ARI'), (2, 'ARC'), (3, 'API');
insert into c_invoice values (1, 1, 1, 30, 'IN1', '2024-01-20', 1440, 'Y', 'CO', 'Y'), (2, 2, 1, 30, 'IN2', '2024-02-12', 480, 'Y', 'CO', 'N'),
    (3, 1, 2, 0, 'CN1', '2024-03-01', 120, 'Y', 'CO', 'N'), (4, 1, 1, 0, 'IN3', '2024-03-02', 999, 'Y', 'DR', 'N'),
    (5, 1, 3, 0, 'BILL', '2024-01-20', 700, 'N', 'CO', 'Y');
insert into c_invoiceline values (1, 11, 1, 12, 1200), (2, 11, 2, 4, 400), (3, 11, 1, 1, 100);
insert into c_allocationhdr values (1, '2024-02-20', 'CO'), (2, '2024-02-25', 'CO'), (3, '2024-02-27', 'RE');
insert into c_allocationline values (1, 1), (2, 1), (3, 1);
insert into r_request values (1, '2024-02-05 08:00:00', '2024-02-06 10:30:00', 'Y'), (2, '2024-03-02 08:00:00', null, 'Y'),
    (null, '2024-03-02 08:00:00', null, 'Y');
insert into c_subscriptiontype values (1, 365, 'D'), (2, 366, 'D');
insert into c_subscription values (1, 1, '2023-05-01', '2024-04-30', 'Y'), (2, 2, '2023-01-01', '2023-12-31', 'N');
