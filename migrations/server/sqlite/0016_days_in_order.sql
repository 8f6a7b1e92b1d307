-- When a day's first and last story arrived is found by itself, and whoever looks through the list for some days need not look at its lines.
DROP INDEX line_of_date;
CREATE INDEX line_of_date ON line (campaign, training, date, arrived);
DROP INDEX line_in_order;
CREATE INDEX line_in_order ON line (campaign, training, arrived DESC, date);
