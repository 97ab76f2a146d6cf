-- SPDX-License-Identifier: MIT
-- The few tables and columns that the views read, and the story that test_mappings.py tells.
create table [Sales Invoice Header] ([No_] text, [Sell-to Customer No_] text, [Order No_] text, [Order Date] date, [Posting Date] date, [Currency Factor] numeric);
create table [Sales Invoice Line] ([Document No_] text, [Type] integer, [Quantity] numeric, [Quantity (Base)] numeric, [Amount] numeric, [Unit Cost (LCY)] numeric);
create table [Sales Cr_Memo Header] ([No_] text, [Sell-to Customer No_] text, [Posting Date] date, [Currency Factor] numeric);
create table [Sales Cr_Memo Line] ([Document No_] text, [Type] integer, [Quantity] numeric, [Quantity (Base)] numeric, [Amount] numeric, [Unit Cost (LCY)] numeric);
create table [Cust_ Ledger Entry] ([Entry No_] integer, [Customer No_] text, [Document Type] integer, [Document No_] text, [Posting Date] date, [Due Date] date,
    [Open] integer, [Closed at Date] date, [Reversed] integer);
create table [Detailed Cust_ Ledg_ Entry] ([Cust_ Ledger Entry No_] integer, [Entry Type] integer, [Amount (LCY)] numeric);
create table [Service Contract Header] ([Contract Type] integer, [Customer No_] text, [Starting Date] date, [Expiration Date] date, [Status] integer, [Annual Amount] numeric);
create table [Opportunity] ([No_] text, [Contact Company No_] text, [Creation Date] date, [Date Closed] date, [Status] integer);
create table [Opportunity Entry] ([Opportunity No_] text, [Active] integer, [Estimated Value (LCY)] numeric);
create table [Contact Business Relation] ([Contact No_] text, [Link to Table] integer, [No_] text);

-- the second order is in a currency of which two make one
insert into [Sales Invoice Header] values ('IN1', '1', 'SO1', '2024-01-10', '2024-01-20', 0), ('IN2', '2', 'SO2', '2024-02-01', '2024-02-12', 2);
-- the first line is one box of ten
insert into [Sales Invoice Line] values ('IN1', 2, 1, 10, 1000, 600), ('IN1', 2, 2, 2, 200, 60), ('IN1', 0, 0, 0, 0, 0), ('IN2', 2, 4, 4, 800, 62.5);
insert into [Sales Cr_Memo Header] values ('CN1', '1', '2024-03-01', 0);
insert into [Sales Cr_Memo Line] values ('CN1', 2, 1, 1, 100, 60);
insert into [Cust_ Ledger Entry] values (1, '1', 2, 'IN1', '2024-01-20', '2024-02-19', 0, '2024-02-25', 0),
    (2, '2', 2, 'IN2', '2024-02-12', '2024-03-13', 1, '1753-01-01', 0), (3, '1', 3, 'CN1', '2024-03-01', '2024-03-01', 1, '1753-01-01', 0),
    (4, '1', 1, 'P1', '2024-02-25', '2024-02-25', 0, '2024-02-25', 0), (5, '1', 2, 'IN3', '2024-03-02', '2024-03-02', 0, '2024-03-02', 1);
insert into [Detailed Cust_ Ledg_ Entry] values (1, 1, 1440), (1, 2, -1440), (2, 1, 480), (3, 1, -120), (4, 1, -1440), (5, 1, 999);
insert into [Service Contract Header] values (1, '1', '2023-05-01', '2024-04-30', 1, 1200), (1, '2', '2023-01-01', '2023-12-31', 2, 600),
    (0, '2', '2024-01-01', '2024-12-31', 1, 9), (1, '2', '2024-01-01', '1753-01-01', 0, 9);
insert into [Contact Business Relation] values ('C1', 1, '1'), ('C2', 1, '2'), ('C2', 2, 'V7');
insert into [Opportunity] values ('O1', 'C1', '2023-11-01', '2024-01-10', 2), ('O2', 'C2', '2023-12-01', '2024-02-05', 3),
    ('O3', 'C2', '2024-02-20', '1753-01-01', 1), ('O4', 'C3', '2024-02-20', '1753-01-01', 1);
insert into [Opportunity Entry] values ('O1', 0, 900), ('O1', 1, 1200), ('O2', 1, 300), ('O3', 1, 900), ('O4', 1, 7);
