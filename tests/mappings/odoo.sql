-- SPDX-License-Identifier: MIT
-- The few tables and columns that the views read, and the story that test_mappings.py tells.
create table res_partner (id integer, commercial_partner_id integer);
create table sale_order (id integer, name text, partner_id integer, date_order timestamp, commitment_date timestamp, state text,
    currency_rate numeric, subscription_state text, origin_order_id integer, plan_id integer, start_date date, end_date date,
    recurring_monthly numeric);
create table sale_subscription_plan (id integer, billing_period_value integer, billing_period_unit text);
create table sale_order_line (id integer, order_id integer, display_type text, product_uom_qty numeric, price_subtotal numeric,
    purchase_price numeric, qty_delivered numeric);
create table sale_order_line_invoice_rel (order_line_id integer, invoice_line_id integer);
create table stock_move (sale_line_id integer, state text, date timestamp);
create table account_move (id integer, name text, move_type text, state text, partner_id integer, commercial_partner_id integer,
    invoice_date date, invoice_date_due date, payment_state text, amount_total_signed numeric);
create table account_move_line (id integer, move_id integer, display_type text, quantity numeric, balance numeric);
create table account_partial_reconcile (debit_move_id integer, credit_move_id integer, max_date date);
create table crm_stage (id integer, is_won boolean);
create table crm_lead (type text, partner_id integer, stage_id integer, active boolean, probability numeric, create_date timestamp,
    date_closed timestamp, expected_revenue numeric);
create table helpdesk_ticket (partner_id integer, create_date timestamp, close_date timestamp, sla_deadline timestamp);

-- 3 is a contact of account 1
insert into res_partner values (1, 1), (2, 2), (3, 1);
insert into sale_order (id, name, partner_id, date_order, commitment_date, state, currency_rate) values (1, 'SO1', 3, '2024-01-10 09:00:00', '2024-01-20 00:00:00', 'sale', 1),
    (2, 'SO2', 2, '2024-02-01 09:00:00', '2024-02-10 00:00:00', 'sale', 2), (3, 'SO3', 1, '2024-01-11 09:00:00', null, 'cancel', 1),
    (4, 'SO4', 1, '2024-01-12 09:00:00', null, 'draft', 1);
-- subscriptions: one renewed, one that left, a draft
insert into sale_subscription_plan values (1, 1, 'year'), (2, 12, 'month');
insert into sale_order values (11, 'S11', 3, '2023-05-01 09:00:00', null, 'done', 1, '5_renewed', null, 1, '2023-05-01', '2023-10-31', 90),
    (12, 'S12', 3, '2023-11-01 09:00:00', null, 'sale', 1, '3_progress', 11, 1, '2023-11-01', '2024-04-30', 100),
    (13, 'S13', 2, '2023-01-01 09:00:00', null, 'sale', 2, '6_churn', null, 2, '2023-01-01', '2023-12-31', 100),
    (14, 'S14', 2, '2023-01-01 09:00:00', null, 'draft', 1, '1_draft', null, 1, '2023-01-01', null, 100);
-- the second order is in a currency of which two make one
insert into sale_order_line values (1, 1, null, 10, 1000, 60, 10), (2, 1, null, 2, 200, 60, 2), (3, 1, 'line_note', 0, 0, 0, 0),
    (4, 2, null, 4, 800, 125, 0), (5, 3, null, 7, 777, 1, 0), (6, 4, null, 9, 999, 1, 0);
insert into sale_order_line_invoice_rel values (2, 31);
insert into stock_move values (1, 'done', '2024-01-18 10:00:00'), (2, 'done', '2024-01-18 10:00:00');
insert into account_move values (1, 'IN1', 'out_invoice', 'posted', 3, 1, '2024-01-20', '2024-02-19', 'paid', 1440),
    (2, 'IN2', 'out_invoice', 'posted', 2, 2, '2024-02-12', '2024-03-13', 'not_paid', 480),
    (3, 'CN1', 'out_refund', 'posted', 1, 1, '2024-03-01', '2024-03-01', 'not_paid', -120),
    (4, '/', 'out_invoice', 'draft', 1, 1, null, null, 'not_paid', 999), (5, 'BILL', 'in_invoice', 'posted', 1, 1, '2024-01-20',
    '2024-01-20', 'paid', -700);
insert into account_move_line values (11, 1, 'product', 12, -1200), (12, 1, 'payment_term', 0, 1440), (31, 3, 'product', 1, 100),
    (32, 3, 'tax', 0, 20);
insert into account_partial_reconcile values (12, 99, '2024-02-25');
insert into crm_stage values (1, false), (2, true);
insert into crm_lead values ('opportunity', 3, 2, true, 100, '2023-11-01 08:00:00', '2024-01-10 08:00:00', 1200),
    ('opportunity', 2, 1, false, 0, '2023-12-01 08:00:00', '2024-02-05 08:00:00', 300),
    ('opportunity', 2, 1, true, 40, '2024-02-20 08:00:00', null, 900), ('lead', 2, 1, true, 10, '2024-02-21 08:00:00', null, 5);
insert into helpdesk_ticket values (3, '2024-02-05 08:00:00', '2024-02-06 10:30:00', '2024-02-07 08:00:00'),
    (2, '2024-03-02 08:00:00', null, '2024-03-04 08:00:00');
