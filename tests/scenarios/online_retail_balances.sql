-- What every customer of Online Retail owes at the end of the year, computed from the file alone:
-- retail.csv of the current folder. Money in pence; an independent second opinion, so nothing here is
-- shared with the import but the rules it states (api/cli/online_retail_match.h, online_retail_plan.h).
.bail on
.import --csv retail.csv raw
PRAGMA recursive_triggers = ON;

CREATE TABLE line AS
SELECT rowid AS record, InvoiceNo AS number, StockCode AS item, CAST(Quantity AS INTEGER) AS quantity,
       CAST(round(CAST(UnitPrice AS REAL) * 1000000) AS INTEGER) AS price,  -- 10^-6 pounds
       substr(InvoiceDate, 1, 10) AS day, CustomerID AS customer
FROM raw;

-- Sold: positive lines of a customer, all of an invoice with the customer and day of its first.
CREATE TABLE sale (record INTEGER PRIMARY KEY, number, opened, customer, item, price, day, quantity, rest);
WITH candidate AS (
  SELECT * FROM line
  WHERE number GLOB '[0-9]*' AND customer <> '' AND quantity > 0 AND price > 0
), opening AS (
  SELECT number, min(record) AS opened, customer, day FROM candidate GROUP BY number
)
INSERT INTO sale
SELECT c.record, c.number, o.opened, c.customer, c.item, c.price, c.day, c.quantity, c.quantity
FROM candidate c JOIN opening o
  ON o.number = c.number AND o.customer = c.customer AND o.day = c.day;
CREATE INDEX sale_of ON sale (customer, item, price, day, opened, record);

CREATE TABLE cancelled (place INTEGER PRIMARY KEY, number, customer, item, price, day, quantity);
WITH candidate AS (
  SELECT * FROM line
  WHERE number GLOB 'C*' AND customer <> '' AND quantity < 0 AND price > 0
), opening AS (
  SELECT number, min(record) AS opened, customer, day FROM candidate GROUP BY number
)
INSERT INTO cancelled (number, customer, item, price, day, quantity)
SELECT c.number, c.customer, c.item, c.price, c.day, -c.quantity
FROM candidate c JOIN opening o
  ON o.number = c.number AND o.customer = c.customer AND o.day = c.day
ORDER BY c.day, c.record;

-- Newest purchase first; what one cannot take goes on to the one before.
CREATE TABLE wanted (cancelled, quantity);
CREATE TABLE matched (place INTEGER PRIMARY KEY, cancelled, sale, quantity, wanted);
CREATE TRIGGER look AFTER INSERT ON wanted WHEN NEW.quantity > 0 BEGIN
  INSERT INTO matched (cancelled, sale, quantity, wanted)
  SELECT NEW.cancelled, s.record, min(NEW.quantity, s.rest), NEW.quantity
  FROM cancelled c JOIN sale s
    ON s.customer = c.customer AND s.item = c.item AND s.price = c.price AND s.day <= c.day
  WHERE c.place = NEW.cancelled AND s.rest > 0
  ORDER BY s.day DESC, s.opened DESC, s.record DESC LIMIT 1;
END;
CREATE TRIGGER take AFTER INSERT ON matched BEGIN
  UPDATE sale SET rest = rest - NEW.quantity WHERE record = NEW.sale;
  INSERT INTO wanted VALUES (NEW.cancelled, NEW.wanted - NEW.quantity);
END;
INSERT INTO wanted SELECT place, quantity FROM cancelled ORDER BY place;

-- A credit note per cancellation and invoice; its parts are worth the cumulative pieces' share of
-- the line's rounded amount.
CREATE TABLE part AS
SELECT m.sale, s.number AS invoice, c.day, sum(m.quantity) AS pieces,
       min(min(m.place)) OVER (PARTITION BY c.number, s.number) AS place
FROM matched m JOIN cancelled c ON c.place = m.cancelled JOIN sale s ON s.record = m.sale
GROUP BY m.sale, c.number;

CREATE VIEW amount AS
SELECT record, number, (quantity * price + 5000) / 10000 AS pence, quantity FROM sale;

CREATE TABLE credit AS
SELECT c.invoice, c.day,
       (2 * a.pence * c.upto + a.quantity) / (2 * a.quantity)
       - (2 * a.pence * (c.upto - c.pieces) + a.quantity) / (2 * a.quantity) AS pence
FROM (SELECT *, sum(pieces) OVER (PARTITION BY sale ORDER BY place) AS upto FROM part) c
JOIN amount a ON a.record = c.sale;

-- Each invoice is paid on its due date, 30 days later, with what is open of it then.
CREATE TABLE invoice AS
SELECT s.number, s.customer, date(s.day, '+30 days') AS due, sum(a.pence) AS total
FROM sale s JOIN amount a ON a.record = s.record GROUP BY s.number;
CREATE INDEX credit_of ON credit (invoice);

WITH ending AS (
  SELECT max((SELECT max(day) FROM sale), (SELECT max(day) FROM credit)) AS day
), settled AS (
  SELECT i.customer, i.total, i.due <= (SELECT day FROM ending) AS paid,
         coalesce((SELECT sum(pence) FROM credit c WHERE c.invoice = i.number AND c.day <= i.due), 0)
           AS before,
         coalesce((SELECT sum(pence) FROM credit c WHERE c.invoice = i.number AND c.day > i.due), 0)
           AS after
  FROM invoice i
)
SELECT customer,
       sum(CASE WHEN paid THEN 0 ELSE total - before - after END) AS receivable,
       sum(CASE WHEN paid THEN after ELSE 0 END) AS unapplied
FROM settled GROUP BY customer ORDER BY customer;
