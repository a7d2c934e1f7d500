-- A fact that says itself that it failed (code below zero) yields to any other of its day. Which row stays
-- when two meet must be told from the rows alone, so it stands in a column. Facts that are there already are
-- known by their code where devices write it: first or last.
ALTER TABLE t_user_health_data_fact ADD COLUMN good TINYINT NOT NULL DEFAULT 1;

UPDATE t_user_health_data_fact
SET good = 0
WHERE value REGEXP '^[{]"code":-[0-9.]*[1-9]' OR value REGEXP '"code":-[0-9.]*[1-9][0-9.]*[}]$';
