-- The scan: how many answers of each organisation to each question came to the same.
-- Reads  answers        the answers of the study, one row per respondent and question; a folder by wave will do.
-- Gives  answer_counts  integers only: the same from every engine, in any order of rows.
SELECT
    CAST(wave AS STRING) AS wave,
    organisation, item, option, assessor, kind, status, level, holds,
    CAST(COUNT(*) AS BIGINT) AS answers
FROM answers
WHERE counts
GROUP BY CAST(wave AS STRING), organisation, item, option, assessor, kind, status, level, holds
