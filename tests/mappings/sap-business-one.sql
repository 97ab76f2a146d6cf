-- SPDX-License-Identifier: MIT
-- The few tables and columns that the views read, and the story that test_mappings.py tells.
create table ORDR (DocEntry integer, DocNum text, CardCode text, DocDate date, CANCELED text);
create table RDR1 (DocEntry integer, LineNum integer, Quantity numeric, OpenQty numeric, LineTotal numeric, GrssProfit numeric, ShipDate date);
create table ODLN (DocEntry integer, DocDate date, CANCELED text);
create table DLN1 (DocEntry integer, BaseType integer, BaseEntry integer, BaseLine integer);
create table ORIN (DocEntry integer, DocNum text, CardCode text, DocDate date, DocDueDate date, DocTotal numeric, CANCELED text);
create table RIN1 (DocEntry integer, Quantity numeric, LineTotal numeric, GrssProfit numeric);
create table OINV (DocEntry integer, DocNum text, CardCode text, DocDate date, DocDueDate date, DocStatus text, DocTotal numeric, CANCELED text);
create table ORCT (DocEntry integer, DocDate date, Canceled text);
create table RCT2 (DocNum integer, InvType integer, DocEntry integer);
create table OCTR (CstmrCode text, StartDate date, EndDate date, TermDate date, Status text);
create table OSCL (customer text, createDate date, createTime integer, closeDate date, closeTime integer, status integer);

insert into ORDR values (1, 'SO1', '1', '2024-01-10', 'N'), (2, 'SO2', '2', '2024-02-01', 'N'), (3, 'SO3', '1', '2024-01-11', 'Y');
insert into RDR1 values (1, 0, 10, 0, 1000, 400, '2024-01-20'), (1, 1, 2, 0, 200, 80, '2024-01-20'), (2, 0, 4, 3, 400, 150, '2024-02-10'),
    (3, 0, 7, 0, 777, 1, null);
insert into ODLN values (1, '2024-01-18', 'N'), (2, '2024-01-30', 'Y'), (3, '2024-02-03', 'N');
insert into DLN1 values (1, 17, 1, 0), (1, 17, 1, 1), (2, 17, 1, 1), (3, 17, 2, 0);
insert into ORIN values (1, 'CN1', '1', '2024-03-01', '2024-03-01', 120, 'N'), (2, 'CN2', '1', '2024-03-01', '2024-03-01', 120, 'C');
insert into RIN1 values (1, 1, 100, 40), (2, 1, 100, 40);
insert into OINV values (1, 'IN1', '1', '2024-01-20', '2024-02-19', 'C', 1440, 'N'), (2, 'IN2', '2', '2024-02-12', '2024-03-13', 'O', 480, 'N'),
    (3, 'IN3', '1', '2024-03-02', null, 'C', 999, 'Y');
insert into ORCT values (1, '2024-02-20', 'N'), (2, '2024-02-25', 'N'), (3, '2024-02-28', 'Y');
insert into RCT2 values (1, 13, 1), (2, 13, 1), (3, 13, 1), (2, 14, 2);
insert into OCTR values ('1', '2023-05-01', '2024-04-30', null, 'A'), ('2', '2023-01-01', '2024-06-30', '2023-12-31', 'T'), ('2', '2023-01-01', '2024-06-30', null, 'D');
insert into OSCL values ('1', '2024-02-05', 800, '2024-02-06', 1030, -1), ('2', '2024-03-02', 800, null, null, -3);
