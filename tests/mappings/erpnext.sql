-- SPDX-License-Identifier: MIT
-- The few tables and columns that the views read, and the story that test_mappings.py tells.
create table `tabSales Order` (name text, customer text, transaction_date date, docstatus integer);
create table `tabSales Order Item` (name text, parent text, qty numeric(18, 6), stock_qty numeric(18, 6), base_net_amount numeric(18, 6), valuation_rate numeric(18, 6),
    delivery_date date, delivered_qty numeric(18, 6));
create table `tabDelivery Note` (name text, posting_date date, docstatus integer);
create table `tabDelivery Note Item` (parent text, so_detail text);
create table `tabSales Invoice` (name text, customer text, posting_date date, due_date date, docstatus integer, is_return integer,
    outstanding_amount numeric(18, 6), base_grand_total numeric(18, 6));
create table `tabSales Invoice Item` (parent text, qty numeric(18, 6), stock_qty numeric(18, 6), base_net_amount numeric(18, 6), incoming_rate numeric(18, 6));
create table `tabPayment Ledger Entry` (voucher_no text, against_voucher_no text, posting_date date, delinked integer);
create table `tabContract` (party_type text, party_name text, start_date date, end_date date, status text, docstatus integer);
create table `tabSubscription` (name text, party_type text, party text, status text, start_date date, end_date date, cancelation_date date,
    cancel_at_period_end integer, current_invoice_end date);
create table `tabSubscription Plan` (name text, price_determination text, cost numeric(18, 6), billing_interval text, billing_interval_count integer);
create table `tabSubscription Plan Detail` (parent text, plan text, qty integer);
create table `tabIssue` (customer text, creation datetime, resolution_time numeric(18, 6), sla_resolution_by datetime, status text);

insert into `tabSales Order` values ('SO1', '1', '2024-01-10', 1), ('SO2', '2', '2024-02-01', 1), ('SO3', '1', '2024-01-11', 2),
    ('SO4', '1', '2024-01-12', 0);
-- the first line is one box of ten
insert into `tabSales Order Item` values ('a', 'SO1', 1, 10, 1000, 60, '2024-01-20', 1), ('b', 'SO1', 2, 2, 200, 60, '2024-01-20', 2),
    ('c', 'SO2', 4, 4, 400, 62.5, '2024-02-10', 1), ('d', 'SO3', 7, 7, 777, 1, null, 0), ('e', 'SO4', 9, 9, 999, 1, null, 0);
insert into `tabDelivery Note` values ('D1', '2024-01-18', 1), ('D2', '2024-01-30', 2), ('D3', '2024-02-03', 1);
insert into `tabDelivery Note Item` values ('D1', 'a'), ('D1', 'b'), ('D2', 'b'), ('D3', 'c');
insert into `tabSales Invoice` values ('IN1', '1', '2024-01-20', '2024-02-19', 1, 0, 0, 1440),
    ('IN2', '2', '2024-02-12', '2024-03-13', 1, 0, 480, 480), ('CN1', '1', '2024-03-01', '2024-03-01', 1, 1, -120, -120),
    ('IN3', '1', '2024-03-02', null, 2, 0, 0, 999), ('IN4', '1', '2024-03-02', null, 0, 0, 0, 999);
insert into `tabSales Invoice Item` values ('IN1', 12, 12, 1200, 60), ('CN1', -1, -1, -100, 60), ('IN3', 9, 9, 999, 60);
insert into `tabPayment Ledger Entry` values ('IN1', 'IN1', '2024-01-20', 0), ('P1', 'IN1', '2024-02-20', 0), ('P2', 'IN1', '2024-02-25', 0),
    ('P3', 'IN1', '2024-02-28', 1);
insert into `tabContract` values ('Customer', '2', '2023-01-01', '2023-12-31', 'Inactive', 1),
    ('Supplier', '9', '2023-01-01', '2023-12-31', 'Active', 1), ('Customer', '2', '2023-01-01', '2023-12-31', 'Active', 0);
insert into `tabSubscription` values ('S1', 'Customer', '1', 'Active', '2023-05-01', '2024-04-30', null, 0, '2024-04-30'),
    ('S2', 'Supplier', '9', 'Active', '2023-05-01', null, null, 0, null), ('S3', 'Customer', '2', 'Trialing', '2024-03-01', null, null, 0, null);
insert into `tabSubscription Plan` values ('basic', 'Fixed Rate', 500, 'Year', 1), ('more', 'Fixed Rate', 200, 'Month', 12);
insert into `tabSubscription Plan Detail` values ('S1', 'basic', 2), ('S1', 'more', 1), ('S2', 'more', 1), ('S3', 'more', 1);
insert into `tabIssue` values ('1', '2024-02-05 08:00:00', 95400, '2024-02-07 08:00:00', 'Closed'),
    ('2', '2024-03-02 08:00:00', null, '2024-03-04 08:00:00', 'Open'), (null, '2024-03-02 08:00:00', null, null, 'Open');
