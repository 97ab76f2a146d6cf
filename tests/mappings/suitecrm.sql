-- SPDX-License-Identifier: MIT
-- The few tables and columns that the views read, and the story that test_mappings.py tells.
create table aos_invoices (id text, number text, billing_account_id text, invoice_date date, due_date date, status text,
    total_amount decimal(26, 6), deleted integer);
create table aos_products_quotes (parent_type text, parent_id text, product_qty decimal(18, 4), product_total_price decimal(26, 6),
    product_cost_price decimal(26, 6), deleted integer);
create table aos_contracts (contract_account_id text, start_date date, end_date date, status text, total_contract_value decimal(26, 6),
    deleted integer);
create table opportunities (id text, date_entered datetime, date_closed date, sales_stage text, amount double precision, deleted integer);
create table accounts_opportunities (account_id text, opportunity_id text, deleted integer);
create table cases (account_id text, date_entered datetime, date_modified datetime, state text, deleted integer);

insert into aos_invoices values ('i1', 'IN1', '1', '2024-01-20', '2024-02-19', 'Paid', 1440, 0), ('i2', 'IN2', '2', '2024-02-12', '2024-03-13', 'Unpaid', 480, 0),
    ('i3', 'CN1', '1', '2024-03-01', '2024-03-01', 'Unpaid', -120, 0), ('i4', 'IN4', '1', '2024-03-02', null, 'Cancelled', 999, 0),
    ('i5', 'IN5', '1', '2024-03-02', null, 'Unpaid', 999, 1);
insert into aos_products_quotes values ('AOS_Invoices', 'i1', 10, 1000, 60, 0), ('AOS_Invoices', 'i1', 2, 200, 60, 0), ('AOS_Invoices', 'i2', 4, 400, 62.5, 0),
    ('AOS_Invoices', 'i3', -1, -100, 60, 0), ('AOS_Quotes', 'i1', 7, 777, 1, 0), ('AOS_Invoices', 'i4', 7, 777, 1, 0),
    ('AOS_Invoices', 'i2', 7, 777, 1, 1), ('AOS_Invoices', 'i5', 7, 777, 1, 0);
insert into aos_contracts values ('1', '2023-05-01', '2024-04-30', 'Signed', 1200, 0), ('2', '2023-01-01', '2023-12-31', 'Signed', 600, 0),
    ('2', '2023-01-01', '2023-12-31', 'In Progress', 600, 0), ('2', '2023-01-01', '2023-12-31', 'Signed', 600, 1);
insert into opportunities values ('o1', '2023-11-01 08:00:00', '2024-01-10', 'Closed Won', 1200, 0), ('o2', '2023-12-01 08:00:00', '2024-02-05', 'Closed Lost', 300, 0),
    ('o3', '2024-02-20 08:00:00', '2024-06-30', 'Prospecting', 900, 0), ('o4', '2024-02-20 08:00:00', '2024-06-30', 'Prospecting', 900, 1);
insert into accounts_opportunities values ('1', 'o1', 0), ('2', 'o2', 0), ('2', 'o3', 0), ('1', 'o3', 1), ('1', 'o4', 0);
insert into cases values ('1', '2024-02-05 08:00:00', '2024-02-06 10:30:00', 'Closed', 0), ('2', '2024-03-02 08:00:00', '2024-03-02 09:00:00', 'Open', 0),
    ('2', '2024-03-02 08:00:00', '2024-03-02 09:00:00', 'Open', 1);
