-- Weighted counts of answers per level and per reason for having none, for everyone and by group.
-- Reads  answer_counts  what the scan gave
--        organisations  one row per wave and organisation, with stratum and weight
-- Gives  level_counts
SELECT
    g.wave, g.variable, g.class, c.item, c.option, c.assessor, c.kind, c.status, c.level, c.holds,
    CAST(COUNT(*) AS BIGINT) AS organisations,
    CAST(SUM(c.answers) AS BIGINT) AS answers,
    SUM(c.answers * g.weight) AS w,
    SUM(c.answers * g.weight * g.weight) AS ww
FROM answer_counts c
JOIN (
    SELECT wave, organisation, 'all' AS variable, 'all' AS class, weight FROM organisations
    WHERE stratum IS NOT NULL AND weight IS NOT NULL
    UNION ALL
    SELECT wave, organisation, 'sector' AS variable, sector AS class, weight FROM organisations
    WHERE stratum IS NOT NULL AND weight IS NOT NULL AND sector IS NOT NULL
    UNION ALL
    SELECT wave, organisation, 'size' AS variable, size AS class, weight FROM organisations
    WHERE stratum IS NOT NULL AND weight IS NOT NULL AND size IS NOT NULL
) g ON g.wave = c.wave AND g.organisation = c.organisation
GROUP BY g.wave, g.variable, g.class, c.item, c.option, c.assessor, c.kind, c.status, c.level, c.holds
