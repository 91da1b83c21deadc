# Makes the third set of reference numbers: lonely strata at both stages, balanced halves beyond eight strata, and
# quantiles from replicates. Needs R with the packages survey and jsonlite. Run in this folder as: Rscript designs.R
# (numbers in designs-expected.json were made with R 4.2.2, survey 4.1-1, on 2026-11-25)
suppressMessages({library(survey); library(jsonlite)})
cases <- list()
num <- function(x) { x <- unname(as.numeric(x)); if (all(is.finite(x))) x }
add <- function(request, statistic, estimate, se, ci = NULL, df = NULL, deff = NULL) {
  cases[[length(cases) + 1]] <<- Filter(Negate(is.null), c(request, statistic,
    list(estimate = num(estimate), se = num(se), ci = if (!is.null(ci)) num(ci), df = df, deff = if (!is.null(deff)) num(deff))))
}
# 1. Boards in schools in regions: region a has one board, region b was taken whole, one board of c shows one school.
toy <- data.frame(region = rep(c("a", "b", "c", "d", "e"), times = c(3, 5, 9, 12, 7)),
  bestuur = c(1, 1, 1, 9, 9, 10, 10, 10, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 11, 11, 12, 12, 13, 13, 13, 13, 14))
i <- seq_len(nrow(toy))
toy$bestuur <- paste0("k", toy$bestuur); toy$school <- i
toy$besturen <- c(a = 4, b = 2, c = 11, d = 40, e = 3)[toy$region]
toy$scholen <- ave(i, toy$bestuur, FUN = length) * (1 + (as.integer(factor(toy$bestuur)) %% 3))
toy$gewicht <- round(2 + 1.5 * sin(i) + toy$besturen / 10, 3)
toy$niveau <- round(2.6 + 0.9 * cos(i * 1.3) + 0.01 * i, 2)
toy$leerlingen <- 80 + (i * 613) %% 977
toy$ja <- as.integer(toy$niveau >= 2.5)
write.csv(toy, "lonely.csv", row.names = FALSE)
for (policy in c("remove", "certainty", "average", "adjust")) for (stages in 1:2) {
  if (stages == 2 && policy == "average") next # R has no answer where every unit of a cluster is alone
  options(survey.lonely.psu = policy)
  d <- if (stages == 1) svydesign(id = ~bestuur, strata = ~region, weights = ~gewicht, fpc = ~besturen, data = toy) else
    svydesign(id = ~bestuur + school, strata = ~region, weights = ~gewicht, fpc = ~besturen + scholen, data = toy)
  request <- list(data = "lonely", strata = "region", cluster = if (stages == 1) "bestuur" else c("bestuur", "school"), weight = "gewicht",
    fpc = if (stages == 1) "besturen" else c("besturen", "scholen"), lonely = policy)
  df <- degf(d)
  m <- svymean(~niveau, d, deff = TRUE); add(request, list(mean = "niveau"), coef(m), SE(m), confint(m, df = df), df, deff(m))
  # R 4.1 takes the distance of a total from 0; later versions, as here, from the mean of all units.
  if (policy != "adjust") { m <- svytotal(~leerlingen, d); add(request, list(total = "leerlingen"), coef(m), SE(m), confint(m, df = df), df) }
  m <- svyratio(~ja, ~leerlingen, d); add(request, list(ratio = "ja/leerlingen"), coef(m), SE(m), confint(m, df = df), df)
  s <- subset(d, leerlingen > 500); m <- svymean(~niveau, s); add(request, list(mean = "niveau", where = "leerlingen > 500"), coef(m), SE(m), confint(m, df = degf(s)), degf(s))
  # The lonely stratum has no member here: nothing in it is unknown.
  s <- subset(d, region != "a" & leerlingen > 300); m <- svymean(~niveau, s)
  add(request, list(mean = "niveau", where = "not region == \"a\" and leerlingen > 300"), coef(m), SE(m), confint(m, df = degf(s)), degf(s))
}
# 2. Eleven strata of two clusters, labels from 1 to 22: half-samples by a matrix of 12.
options(survey.lonely.psu = "fail")
half <- data.frame(gebied = rep(sprintf("g%02d", 1:11), each = 6), bestuur = rep(1:22, each = 3))
i <- seq_len(nrow(half))
half$gewicht <- round(4 + 3 * cos(i * 0.7), 3); half$niveau <- round(3 + sin(i * 2.1) + 0.4 * cos(i * 0.23), 2)
half$leerlingen <- 60 + (i * 389) %% 701; half$ja <- as.integer(half$niveau > 3.2); half$sector <- c("po", "vo", "po", "mbo")[1 + (i * 5) %% 4]
write.csv(half, "halves.csv", row.names = FALSE)
d <- svydesign(id = ~bestuur, strata = ~gebied, weights = ~gewicht, data = half)
df <- degf(d)
for (mse in c(FALSE, TRUE)) for (kind in c("JKn", "BRR", "Fay")) {
  r <- if (kind == "Fay") as.svrepdesign(d, type = kind, fay.rho = 0.3, mse = mse) else as.svrepdesign(d, type = kind, mse = mse)
  request <- list(data = "halves", strata = "gebied", cluster = "bestuur", weight = "gewicht", replicates = tolower(kind), mse = mse)
  m <- svymean(~niveau, r, deff = TRUE); add(request, list(mean = "niveau"), coef(m), SE(m), confint(m, df = df), df, deff(m))
  m <- svytotal(~leerlingen, r); add(request, list(total = "leerlingen"), coef(m), SE(m), confint(m, df = df), df)
  m <- svyratio(~ja, ~leerlingen, r); add(request, list(ratio = "ja/leerlingen"), coef(m), SE(m), NULL, df)
  for (method in c("mean", "xlogit", "asin", "beta")) { p <- svyciprop(~ja, r, method = method, df = df); add(request, list(share = "ja == 1", method = method), p, SE(p), attr(p, "ci"), df) }
  for (p in c(.25, .5, .75)) { q <- svyquantile(~niveau, r, p, df = df)[[1]]; add(request, list(quantile = paste0("niveau:", p)), q[1], q[4], q[2:3], df) }
  b <- svyby(~niveau, ~sector, r, svymean); for (g in rownames(b)) add(request, list(mean = "niveau", by = "sector", group = g), b[g, "niveau"], b[g, "se"], NULL, df)
}
# 3. Replicate weights that come with the data, and nothing else that says how it was sampled.
ready <- half[, setdiff(names(half), c("gebied", "bestuur"))]
r <- as.svrepdesign(d, type = "BRR"); w <- round(weights(r, "analysis"), 6); colnames(w) <- paste0("r", seq_len(ncol(w)))
ready <- cbind(ready, w); write.csv(ready, "replicated.csv", row.names = FALSE)
for (kind in c("BRR", "JK1", "bootstrap")) for (mse in c(FALSE, TRUE)) {
  n <- ncol(w); scale <- switch(kind, BRR = NULL, JK1 = (n - 1) / n, bootstrap = 1 / (n - 1))
  r <- svrepdesign(weights = ~gewicht, repweights = ready[, colnames(w)], data = ready, type = kind, scale = scale, rscales = if (!is.null(scale)) rep(1, n),
    mse = mse, combined.weights = TRUE)
  request <- list(data = "replicated", weight = "gewicht", weights = colnames(w), replicates = tolower(kind), mse = mse)
  m <- svymean(~niveau, r, deff = TRUE); add(request, list(mean = "niveau"), coef(m), SE(m), confint(m, df = degf(r)), degf(r), deff(m))
  s <- subset(r, leerlingen < 300); m <- svymean(~niveau, s); add(request, list(mean = "niveau", where = "leerlingen < 300"), coef(m), SE(m), confint(m, df = degf(s)), degf(s))
  q <- svyquantile(~niveau, r, .5)[[1]]; add(request, list(quantile = "niveau:0.5"), q[1], q[4], q[2:3], degf(r))
}
r <- svrepdesign(weights = ~gewicht, repweights = ready[, colnames(w)], data = ready, type = "other", scale = 0.07, rscales = rep(1, ncol(w)), combined.weights = TRUE)
m <- svytotal(~leerlingen, r); add(list(data = "replicated", weight = "gewicht", weights = colnames(w), scale = 0.07), list(total = "leerlingen"), coef(m), SE(m), confint(m, df = degf(r)), degf(r))
write_json(cases, "designs-expected.json", auto_unbox = TRUE, digits = 14, pretty = TRUE)
cat(length(cases), "cases\n")
