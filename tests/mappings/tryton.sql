-- SPDX-License-Identifier: MIT
-- The few tables and columns that the views read, and the story that test_mappings.py tells.
create table currency_currency (id integer, digits integer);
create table party_party (id integer, code text);
create table product_uom (id integer, factor double precision);
create table product_template (id integer, default_uom integer);
create table product_product (id integer, template integer);
create table product_cost_price (product integer, company integer, cost_price numeric);
create table sale_sale (id integer, party integer, company integer, currency integer, number text, sale_date date, state text);
create table sale_line (id integer, sale integer, type text, product integer, unit integer, quantity double precision, unit_price numeric);
create table stock_move (id integer, origin text, state text, internal_quantity double precision, cost_price numeric,
    planned_date date, origin_planned_date date, effective_date date);
create table account_invoice (id integer, party integer, type text, state text, number text, invoice_date date, move integer,
    account integer, total_amount_cache numeric);
create table account_move_line (move integer, account integer, maturity_date date, reconciliation integer);
create table account_move (id integer, date date);
create table sale_subscription_recurrence_rule (set_ integer, freq text, interval integer, bymonth text);
create table sale_subscription (id integer, party integer, currency integer, state text, start_date date, end_date date, invoice_recurrence integer);
create table sale_subscription_line (subscription integer, quantity double precision, unit_price numeric, consumption_recurrence integer, end_date date);

insert into sale_subscription_recurrence_rule values (1, 'yearly', 1, null), (2, 'monthly', 1, null), (3, 'yearly', 1, '1,7');
insert into sale_subscription values (1, 1, 1, 'running', '2023-05-01', '2024-04-30', 1), (2, 2, 1, 'closed', '2023-01-01', '2023-12-31', 1),
    (3, 2, 1, 'quotation', '2024-03-01', null, 1);
-- two machines by the month; one more was given up
insert into sale_subscription_line values (1, 2, 30, 2, null), (1, 4, 120, 1, '2024-04-30'), (1, 1, 55, 2, '2023-09-30'), (2, 1, 600, 1, '2023-12-31'),
    (3, 9, 9, 1, null);
insert into currency_currency values (1, 2);
insert into product_uom values (1, 1), (2, 10);
insert into product_template values (1, 1), (2, 1);
insert into product_product values (1, 1), (2, 2);
-- the first product's cost price has risen since
insert into product_cost_price values (1, 1, 75), (2, 1, 62.50);
insert into sale_sale values (1, 1, 1, 1, 'SO1', '2024-01-10', 'done'), (2, 2, 1, 1, 'SO2', '2024-02-01', 'processing'),
    (3, 1, 1, 1, 'CN1', '2024-03-01', 'done'), (4, 1, 1, 1, 'SO3', '2024-01-11', 'cancelled'), (5, 1, 1, 1, null, null, 'draft');
-- the first line is one box of ten
insert into sale_line values (1, 1, 'line', 1, 2, 1, 1000), (2, 1, 'line', 1, 1, 2, 100), (3, 1, 'comment', null, null, null, null),
    (4, 2, 'line', 2, 1, 4, 100), (5, 3, 'line', 1, 1, -1, 100), (6, 4, 'line', 1, 1, 7, 111), (7, 5, 'line', 1, 1, 9, 111);
insert into stock_move values (1, 'sale.line,1', 'done', 10, 60, '2024-01-20', '2024-01-20', '2024-01-18'),
    (2, 'sale.line,2', 'done', 2, 60, '2024-01-20', null, '2024-01-18'), (3, 'sale.line,4', 'draft', 4, null, '2024-02-10', null, null),
    (4, 'sale.line,5', 'done', 1, 60, '2024-03-01', null, '2024-03-01');
insert into account_invoice values (1, 1, 'out', 'paid', 'IN1', '2024-01-20', 1, 5, 1440),
    (2, 2, 'out', 'posted', 'IN2', '2024-02-12', 2, 5, 480), (3, 1, 'out', 'posted', 'CN1', '2024-03-01', 3, 5, -120),
    (4, 1, 'out', 'draft', null, null, null, 5, 999), (5, 1, 'in', 'paid', 'BILL', '2024-01-20', 4, 6, 700);
insert into account_move values (1, '2024-01-20'), (2, '2024-02-12'), (3, '2024-03-01'), (4, '2024-01-20'), (8, '2024-02-20'), (9, '2024-02-25');
-- the first invoice was paid in two parts
insert into account_move_line values (1, 5, '2024-02-19', 1), (1, 7, null, null), (8, 5, null, 1), (9, 5, null, 1), (2, 5, '2024-03-13', null),
    (3, 5, '2024-03-01', null), (4, 6, '2024-01-20', 2);
