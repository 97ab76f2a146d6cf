-- SPDX-License-Identifier: MIT
-- The few tables and columns that the views read, and the story that test_mappings.py tells.
create table salesorder (salesorderid text, ordernumber text, customerid text, submitdate date, createdon datetime, requestdeliveryby date,
    datefulfilled date, statecode integer);
create table salesorderdetail (salesorderid text, productid text, quantity numeric, extendedamount_base numeric, tax_base numeric, requestdeliveryby date);
create table product (productid text, currentcost_base numeric);
create table invoice (invoicenumber text, customerid text, createdon datetime, duedate date, totalamount_base numeric, statecode integer);
create table entitlement (customerid text, startdate date, enddate date, statecode integer);
create table opportunity (customerid text, createdon datetime, actualclosedate date, actualvalue_base numeric, estimatedvalue_base numeric, statecode integer);
create table incident (incidentid text, customerid text, createdon datetime, resolveby datetime, statecode integer);
create table incidentresolution (incidentid text, actualend datetime);

insert into salesorder values ('s1', 'SO1', '1', '2024-01-10', '2024-01-09 08:00:00', '2024-01-20', '2024-01-18', 3),
    ('s2', 'SO2', '2', null, '2024-02-01 08:00:00', null, null, 1), ('s3', 'CN1', '1', '2024-03-01', '2024-03-01 08:00:00', null, null, 4),
    ('s4', 'SO3', '1', '2024-01-11', '2024-01-11 08:00:00', null, null, 2), ('s5', 'SO4', '1', null, '2024-01-12 08:00:00', null, null, 0);
insert into salesorderdetail values ('s1', 'p1', 10, 1200, 200, null), ('s1', 'p1', 2, 240, 40, null), ('s2', 'p2', 4, 480, 80, '2024-02-10'),
    ('s3', 'p1', -1, -120, -20, null), ('s4', 'p1', 7, 777, 1, null), ('s5', 'p1', 9, 999, 1, null);
insert into product values ('p1', 60), ('p2', 62.5);
insert into invoice values ('IN1', '1', '2024-01-20 08:00:00', '2024-02-19', 1440, 2), ('IN2', '2', '2024-02-12 08:00:00', '2024-03-13', 480, 0),
    ('CN1', '1', '2024-03-01 08:00:00', '2024-03-01', -120, 0), ('IN3', '1', '2024-03-02 08:00:00', null, 999, 3);
insert into entitlement values ('1', '2023-05-01', '2024-04-30', 1), ('2', '2023-01-01', '2023-12-31', 2), ('2', '2023-01-01', '2023-12-31', 0);
insert into opportunity values ('1', '2023-11-01 08:00:00', '2024-01-10', 1200, 1500, 1), ('2', '2023-12-01 08:00:00', '2024-02-05', null, 300, 2),
    ('2', '2024-02-20 08:00:00', null, null, 900, 0);
insert into incident values ('t1', '1', '2024-02-05 08:00:00', '2024-02-07 08:00:00', 1), ('t2', '2', '2024-03-02 08:00:00', '2024-03-04 08:00:00', 0),
    ('t3', '2', '2024-03-02 08:00:00', null, 2);
insert into incidentresolution values ('t1', '2024-02-06 10:30:00');
