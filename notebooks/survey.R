# The published estimates once more, in R `survey`, from the tables that `nulmeting run` wrote.
#
# Usage: Rscript survey.R FOLDER TOLERANCE. FOLDER holds organisations.csv, values.csv, estimates.csv and
# comparisons.csv, which survey.py writes out of the Parquet. Ends with status 1 when an estimate, a standard error or a
# test between two groups differs.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
tolerance <- as.numeric(arguments[2])
read <- function(name) read.csv(file.path(folder, name), colClasses = c(organisation = "character"), check.names = FALSE)
organisations <- read("organisations.csv")
values <- read.csv(file.path(folder, "values.csv"), colClasses = c(wave = "character", organisation = "character"))
estimates <- read.csv(file.path(folder, "estimates.csv"), colClasses = c(wave = "character"))
comparisons <- read.csv(file.path(folder, "comparisons.csv"), colClasses = c(wave = "character"))
margins <- read.csv(file.path(folder, "margins.csv"), colClasses = c(wave = "character"))
options(survey.lonely.psu = "fail")

compared <- 0
tested <- 0
worst <- 0
wrong <- 0
for (wave in unique(estimates$wave)) {
  frame <- organisations[organisations$wave == wave, ]
  design <- svydesign(ids = ~1, strata = ~stratum, weights = ~design_weight, fpc = ~population, data = frame)
  own <- margins[margins$wave == wave, ]
  # Volunteers are described as themselves: each weighs 1, and nothing is raked.
  volunteers <- all(frame$design_weight == 1)
  if (nrow(own) > 0 && !volunteers) {
    # The study rakes to the sectors of the register.
    totals <- setNames(own$total, own$class)
    frame$sector <- factor(frame$sector, levels = names(totals))
    design <- update(design, sector = factor(frame$sector, levels = names(totals)))
    design <- rake(design, list(~sector), list(data.frame(sector = factor(names(totals), levels = names(totals)), Freq = totals)))
  }
  stopifnot(max(abs(weights(design) - frame$weight) / frame$weight) < tolerance)
  for (row in which(estimates$wave == wave)) {
    number <- estimates[row, ]
    mine <- values[values$wave == wave & values$item == number$item & values$statistic == number$statistic, ]
    y <- mine$value[match(frame$organisation, mine$organisation)]
    inside <- !is.na(y)
    if (number$by == "sector") inside <- inside & frame$sector == number$group
    if (number$by == "size") inside <- inside & !is.na(frame$size) & frame$size == number$group
    if (number$base == "pupils") inside <- inside & !is.na(frame$pupils) & frame$pupils > 0
    pupils <- ifelse(inside, frame$pupils, 0)
    design$variables$y <- ifelse(inside, y, 0)
    design$variables$m <- pupils
    design$variables$ym <- ifelse(inside, y * pupils, 0)
    domain <- design[inside, ]
    found <- if (number$base == "pupils") svyratio(~ym, ~m, domain) else svymean(~y, domain)
    difference <- max(abs(coef(found)[[1]] - number$estimate), abs(SE(found)[[1]] - number$se))
    compared <- compared + 1
    worst <- max(worst, difference)
    if (!is.finite(difference) || difference > tolerance) {
      wrong <- wrong + 1
      cat(sprintf("%s: %.12g (%.12g) in R, %.12g (%.12g) published\n", number$id, coef(found)[[1]], SE(found)[[1]], number$estimate, number$se))
    }
  }
  for (row in which(comparisons$wave == wave)) {
    number <- comparisons[row, ]
    of_item <- values[values$wave == wave & values$item == number$item, ]
    statistic <- if (any(of_item$statistic == "mean_level" & !is.na(of_item$value))) "mean_level" else "share_meeting"
    mine <- of_item[of_item$statistic == statistic, ]
    y <- mine$value[match(frame$organisation, mine$organisation)]
    group <- frame[[number$by]]
    inside <- !is.na(y) & !is.na(group) & group %in% c(number$group, number$against)
    design$variables$y <- ifelse(inside, y, 0)
    design$variables$own <- as.numeric(!is.na(group) & group == number$group)
    found <- svyttest(y ~ own, design[inside, ])
    difference <- found$estimate[[1]]
    worst_of_test <- max(
      abs(difference - number$difference), abs(difference / found$statistic[[1]] - number$se),
      abs(found$parameter[[1]] - number$df), abs(found$p.value[[1]] - number$p)
    )
    tested <- tested + 1
    worst <- max(worst, worst_of_test)
    if (!is.finite(worst_of_test) || worst_of_test > tolerance) {
      wrong <- wrong + 1
      cat(sprintf("%s: difference %.12g, df %g, p %.6g in R; %.12g, %g, %.6g published\n", number$id, difference,
        found$parameter[[1]], found$p.value[[1]], number$difference, number$df, number$p))
    }
  }
}
cat(sprintf("%d tests between two groups compared\n", tested))
cat(sprintf("%d estimates and standard errors compared with R survey %s; largest difference %.1e\n", compared, packageVersion("survey"), worst))
if (wrong > 0 || compared == 0 || tested == 0) quit(status = 1)
