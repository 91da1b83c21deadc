# Makes the reference numbers for change between two waves: paired, independent and partly overlapping samples.
# Needs R with the packages survey and jsonlite. Run in this folder as: Rscript make.R
# (numbers in expected.json were made with R 4.2.2, survey 4.1-1, on 2026-11-25)
# The waves are stacked into one design: the board is the primary unit, strata are common to both waves.
suppressMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "fail", digits = 15)
set.seed(20231125)
N <- c(klein = 60, midden = 40, groot = 25)
boards <- data.frame(board = sprintf("b%03d", seq_len(sum(N))), stratum = rep(names(N), N))
boards$sector <- c("po", "vo")[1 + (seq_len(nrow(boards)) %% 3 == 0)]
boards$population <- N[boards$stratum]
boards$pupils <- round(exp(rnorm(nrow(boards), c(klein = 6, midden = 7.5, groot = 9)[boards$stratum], 0.4)))
base <- 1.8 + 0.3 * (boards$stratum == "groot") + rnorm(nrow(boards), 0, 0.5)
waves <- list("2024" = round(base + rnorm(nrow(boards), 0, 0.2), 2), "2025" = round(base + 0.15 + rnorm(nrow(boards), 0, 0.2), 2))
n <- c(klein = 12, midden = 10, groot = 8)
draw <- function(rows) unlist(lapply(names(n), function(s) sample(rows[boards$stratum[rows] == s], n[[s]])))
sheet <- function(rows, wave) {
  out <- boards[sort(rows), ]
  out$wave <- wave
  out$y <- waves[[wave]][sort(rows)]
  out$ok <- as.integer(out$y >= 2.1)
  out$weight <- round(N[out$stratum] / n[out$stratum] * c(0.9, 1.1, 1)[1 + seq_len(nrow(out)) %% 3], 4)
  out
}
all <- seq_len(nrow(boards))
first <- draw(all)
kept <- sort(first)[seq(1, length(first), 2)]
fresh <- setdiff(all, first)
partly <- unlist(lapply(names(n), function(s) {
  k <- kept[boards$stratum[kept] == s]; c(k, sample(fresh[boards$stratum[fresh] == s], n[[s]] - length(k)))
}))
samples <- list(paired = first, independent = draw(fresh), partly = partly)
cases <- list()
put <- function(...) cases[[length(cases) + 1]] <<- list(...)
contrast <- function(d, name, statistic, x, group, fpc, calibrated) {
  d <- subset(d, !is.na(y))
  if (group != "all") d <- subset(d, sector == group)
  # The coefficient of the wave in a regression is the difference of two means, with the covariance of the stack;
  # per pupil every row counts by its pupils. (svyby with covmat = TRUE gives the same and cannot do subsets.)
  if (statistic == "ratio") d$prob <- d$prob / d$variables$pupils
  m <- svyglm(as.formula(paste0(x, " ~ wave")), d); df <- degf(d)
  k <- list(coef = coef(m)[[2]], se = sqrt(vcov(m)[2, 2])); s <- c(coef(m)[[1]], sum(coef(m)))
  z <- k$coef; e <- k$se; q <- qt(.975, df)
  put(data = name, statistic = statistic, x = x, group = group, fpc = fpc, calibrated = calibrated, from = s[1],
      to = s[2], change = z, se = e, df = df, ci = c(z - q * e, z + q * e), p = 2 * pt(-abs(z / e), df))
}
# What knowing the populations is worth, by hand: the variance without correction, less the worth of each stratum.
corrected <- function(data, name) {
  w <- lapply(c("2024", "2025"), function(v) { r <- data[data$wave == v, ]; r$z <- r$weight * (r$y - sum(r$weight * r$y) / sum(r$weight)) / sum(r$weight); r })
  both <- merge(w[[1]][, c("board", "z")], w[[2]][, c("board", "stratum", "z")], by = "board", suffixes = c("1", "2"))
  cc <- function(k) { s <- split(both, both$stratum); list(v = sapply(s, function(r) if (nrow(r) > 1) (nrow(r) - 1) * cov(r$z1, r$z2) else 0),
    a = sapply(s, function(r) if (nrow(r) > 1) (nrow(r) - 1) * var(r$z1) else 0), b = sapply(s, function(r) if (nrow(r) > 1) (nrow(r) - 1) * var(r$z2) else 0), m = sum(sapply(s, nrow) - 1)) }
  if (nrow(both) > 0) { k <- cc(1); rho <- if (k$m >= 10) max(0, min(1, sum(k$v) / sqrt(sum(k$a) * sum(k$b)))) else 1 } else rho <- 1
  total <- 0
  for (s in names(N)) {
    z1 <- w[[1]]$z[w[[1]]$stratum == s]; z2 <- w[[2]]$z[w[[2]]$stratum == s]
    d <- tapply(c(-z1, z2), c(w[[1]]$board[w[[1]]$stratum == s], w[[2]]$board[w[[2]]$stratum == s]), sum); m <- length(d)
    plain <- m / (m - 1) * sum((d - mean(d))^2)
    s1 <- sd(z1) * length(z1) / N[[s]]; s2 <- sd(z2) * length(z2) / N[[s]]
    gain <- N[[s]] * (s1^2 + s2^2 - 2 * rho * s1 * s2)
    total <- total + max(0, plain - max(0, gain))
  }
  put(data = name, statistic = "mean", x = "complete", group = "all", fpc = TRUE, calibrated = FALSE, change =
    weighted.mean(w[[2]]$y, w[[2]]$weight) - weighted.mean(w[[1]]$y, w[[1]]$weight), se = sqrt(total))
}
for (name in names(samples)) {
  data <- rbind(sheet(first, "2024"), sheet(samples[[name]], "2025"))
  whole <- data
  data$complete <- data$y
  data$y[c(3, 40)] <- NA
  write.csv(data, paste0(name, ".csv"), row.names = FALSE, na = "")
  d <- svydesign(ids = ~board, strata = ~stratum, weights = ~weight, data = data)
  f <- svydesign(ids = ~board, strata = ~stratum, weights = ~weight, fpc = ~population, data = data)
  for (g in c("all", "po", "vo")) { contrast(d, name, "mean", "y", g, FALSE, FALSE); contrast(d, name, "mean", "ok", g, FALSE, FALSE) }
  contrast(d, name, "ratio", "y", "all", FALSE, FALSE)
  cells <- table(boards$sector)
  totals <- c(cells[["po"]], cells[["po"]], cells[["vo"]], cells[["vo"]])
  data$cell <- interaction(data$wave, data$sector)
  dc <- svydesign(ids = ~board, strata = ~stratum, weights = ~weight, data = data)
  dc <- postStratify(dc, ~cell, data.frame(cell = c("2024.po", "2025.po", "2024.vo", "2025.vo"), Freq = totals))
  contrast(dc, name, "mean", "y", "all", FALSE, TRUE)
  # `stack`: R's own correction for one draw of the whole stack, as `nulmeting estimate --change` asks for it.
  before <- length(cases); for (g in c("all", "po")) contrast(f, name, "mean", "y", g, TRUE, FALSE)
  for (i in (before + 1):length(cases)) cases[[i]]$stack <- TRUE
  if (name == "paired") { p <- whole; fp <- svydesign(ids = ~board, strata = ~stratum, weights = ~weight, fpc = ~population, data = p)
    contrast(fp, "paired", "mean", "y", "all", TRUE, FALSE); cases[[length(cases)]]$x <- "complete"
  } else corrected(whole, name)
}
write_json(cases, "expected.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
