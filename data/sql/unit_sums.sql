-- Sums per stratum, primary unit and question, with the weight of the unit: what totals, means and shares over answers,
-- and their standard errors between units, are made from. Groups are constant within a unit.
-- Reads  answer_counts  what the scan gave
--        organisations  one row per wave and organisation, with stratum and weight
-- Gives  unit_sums      x is the level; of a test or an option, 1 for yes and 0 for no.
SELECT
    c.wave, o.stratum, c.organisation, o.sector, o.size, c.item, c.option, c.assessor, c.kind,
    CAST(SUM(c.answers) AS BIGINT) AS n,
    SUM(c.answers * o.weight) AS w,
    SUM(c.answers * o.weight * o.weight) AS ww,
    SUM(c.answers * o.weight * c.x) AS wx,
    SUM(c.answers * o.weight * c.x * c.x) AS wxx
FROM (
    SELECT
        wave, organisation, item, option, assessor, kind, answers,
        CASE WHEN level IS NOT NULL THEN level WHEN holds THEN 1 ELSE 0 END AS x
    FROM answer_counts
    WHERE status = 'answered' AND (level IS NOT NULL OR holds IS NOT NULL)
) c
JOIN organisations o ON o.wave = c.wave AND o.organisation = c.organisation
WHERE o.stratum IS NOT NULL AND o.weight IS NOT NULL
GROUP BY c.wave, o.stratum, c.organisation, o.sector, o.size, c.item, c.option, c.assessor, c.kind
