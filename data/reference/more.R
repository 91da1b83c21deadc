# Makes the second set of reference numbers: designs that api-expected.json does not hold.
# Needs R with the packages survey and jsonlite. Run in this folder as: Rscript more.R
# (numbers in more-expected.json were made with R 4.2.2, survey 4.1-1, on 2026-11-24)
suppressMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "fail")
data(api)
cases <- list()
add <- function(file, statistic, estimate, se = NULL, ci = NULL, df = NULL, ...) {
  num <- function(x) if (is.null(x)) NULL else unname(as.numeric(x))
  cases[[length(cases) + 1]] <<- Filter(Negate(is.null), c(list(data = file, statistic = statistic, estimate = num(estimate),
    se = num(se), ci = num(ci), df = df), list(...)))
}
# 1. Two stages, populations known at both: districts (757), schools within districts (fpc2). One district was fully taken.
keep <- complete.cases(apiclus2[, c("api00", "api99", "enroll", "api.stu", "stype", "sch.wide", "meals")])
two <- apiclus2[keep, c("dnum", "snum", "stype", "api00", "api99", "enroll", "api.stu", "sch.wide", "meals", "fpc1", "fpc2")]
# Dropping rows leaves fewer schools than fpc2 says were asked: the populations stay as they are.
write.csv(two, "twostage.csv", row.names = FALSE)
d <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = two)
# 2. Clusters within strata, made from MU284-like data with a fixed rule: labels start again in each stratum.
n <- 60
toy <- data.frame(region = rep(c("noord", "oost", "zuid", "west"), times = c(12, 14, 16, 18)))
toy$bestuur <- unlist(lapply(c(12, 14, 16, 18), function(k) rep(seq_len(k / 2), each = 2)))
i <- seq_len(n)
toy$niveau <- round(2.2 + 0.8 * sin(i * 1.7) + 0.5 * cos(i * 0.31) + 0.002 * i, 3)
toy$leerlingen <- 100 + (i * 7919) %% 1777
toy$voldoet <- as.integer(toy$niveau >= 2.4)
toy$groep <- c("klein", "groot", "groot", "midden", "klein")[1 + (3 * i + i %/% 4) %% 5]
toy$besturen <- c(noord = 40, oost = 7, zuid = 90, west = 33)[toy$region]
toy$gewicht <- round(3 + 2 * cos(i) + toy$besturen / 30, 4)
write.csv(toy, "nested.csv", row.names = FALSE)
s <- svydesign(id = ~bestuur, strata = ~region, weights = ~gewicht, fpc = ~besturen, nest = TRUE, data = toy)
report <- function(file, d, x, total, num, den, yes, by, where) {
  df <- degf(d); f <- function(v) as.formula(paste0("~", v))
  m <- svymean(f(x), d, deff = TRUE); add(file, "mean", coef(m), SE(m), confint(m, df = df), df, x = x, deff = as.numeric(deff(m)))
  m <- svymean(f(x), d, deff = "replace"); add(file, "mean", coef(m), SE(m), confint(m, df = df), df, x = x, deff_replace = as.numeric(deff(m)))
  m <- svytotal(f(total), d, deff = TRUE); add(file, "total", coef(m), SE(m), confint(m, df = df), df, x = total, deff = as.numeric(deff(m)))
  r <- svyratio(f(num), f(den), d, deff = TRUE); add(file, "ratio", coef(r), SE(r), NULL, df, x = num, y = den, deff = as.numeric(deff(r)))
  for (p in c(.1, .25, .5, .75, .9)) {
    q <- svyquantile(f(x), d, p)[[1]]
    if (all(is.finite(q))) add(file, "quantile", q[1], q[4], q[2:3], df, x = x, p = p)
  }
  for (meth in c("mean", "logit", "xlogit", "likelihood", "asin", "beta")) {
    p <- svyciprop(f(yes), d, method = meth); add(file, "share", p, SE(p), attr(p, "ci"), df, x = yes, method = meth)
  }
  b <- svyby(f(x), f(by), d, svymean, covmat = TRUE, deff = TRUE)
  for (g in rownames(b)) {
    sub <- subset(d, d$variables[[by]] == g)
    add(file, "mean", b[g, x], b[g, "se"], confint(b, df = df)[g, ], df, x = x, by = by, group = g, domain_df = degf(sub), deff = b[g, paste0("DEff.", x)])
    v <- svymean(f(x), sub)
    add(file, "mean", coef(v), SE(v), confint(v, df = degf(sub)), degf(sub), x = x, where = paste0(by, " == \"", g, "\""))
  }
  g <- rownames(b); w <- setNames(c(1, -1), g[1:2])
  k <- svycontrast(b, w); add(file, "contrast", coef(k), SE(k), x = x, by = by, group = paste(g[1:2], collapse = "-"))
  sub <- subset(d, eval(parse(text = where), d$variables)); p <- svyciprop(f(yes), sub, method = "beta")
  add(file, "share", p, SE(p), attr(p, "ci"), degf(sub), x = yes, method = "beta", where = where)
  two <- subset(d, d$variables[[by]] %in% g[1:2])
  t <- svyttest(as.formula(paste(x, "~", by)), two)
  add(file, "t-test", t$estimate, unname(t$estimate / t$statistic), df = unname(t$parameter), x = x, by = by, group = paste(g[1:2], collapse = "-"), p = t$p.value)
  # svyranktest ranks ties of unequal weight by the order of the rows; here a tie takes the middle of its weight.
  y <- two$variables[[x]]; w <- weights(two)
  two <- update(two, rank = (sapply(y, function(v) sum(w[y < v])) + ave(w, y, FUN = sum) / 2) / sum(w))
  t <- svyttest(as.formula(paste("rank ~", by)), two)
  add(file, "rank-test", t$estimate, unname(t$estimate / t$statistic), df = unname(t$parameter), x = x, by = by, group = paste(g[1:2], collapse = "-"), p = t$p.value)
}
two$goed <- as.integer(two$api00 >= 700); write.csv(two, "twostage.csv", row.names = FALSE)
d <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = two)
report("twostage", d, "api00", "enroll", "api.stu", "enroll", "goed", "stype", "meals >= 50")
report("nested", s, "niveau", "leerlingen", "voldoet", "leerlingen", "voldoet", "groep", "leerlingen >= 700")
q <- svychisq(~voldoet + groep, s); add("nested", "association", q$statistic, x = "voldoet", by = "groep", ndf = q$parameter[[1]], ddf = q$parameter[[2]], p = q$p.value)
q <- svychisq(~goed + stype, d); add("twostage", "association", q$statistic, x = "goed", by = "stype", ndf = q$parameter[[1]], ddf = q$parameter[[2]], p = q$p.value)
# Calibration where weights differ: post-stratification, and calibration to counts and a total, three distances.
tot <- data.frame(groep = c("groot", "klein", "midden"), Freq = c(110, 95, 60))
ps <- postStratify(s, ~groep, tot); m <- svymean(~niveau, ps); add("nested", "post-stratified mean", coef(m), SE(m), x = "niveau")
m <- svytotal(~leerlingen, ps); add("nested", "post-stratified total", coef(m), SE(m), x = "leerlingen")
m <- svymean(~niveau, subset(ps, leerlingen >= 700)); add("nested", "post-stratified mean", coef(m), SE(m), x = "niveau", where = "leerlingen >= 700")
pop <- c(`(Intercept)` = 265, groepklein = 95, groepmidden = 60, leerlingen = 260000)
for (fun in c("linear", "raking", "logit")) {
  cal <- calibrate(s, ~groep + leerlingen, pop, calfun = fun, bounds = if (fun == "logit") c(.4, 2.5) else c(-Inf, Inf), epsilon = 1e-12, maxit = 200)
  m <- svymean(~niveau, cal); add("nested", "calibrated mean", coef(m), SE(m), x = "niveau", method = fun)
  g <- weights(cal) / weights(s); add("nested", "calibrated ratios", range(g), method = fun)
  m <- svymean(~niveau, subset(cal, groep == "klein")); add("nested", "calibrated mean", coef(m), SE(m), x = "niveau", method = fun, where = "groep == \"klein\"")
}
# Replication with strata, clusters and a correction.
jn <- as.svrepdesign(s, type = "JKn"); m <- svymean(~niveau, jn); add("nested", "jkn mean", coef(m), SE(m), x = "niveau")
m <- svytotal(~leerlingen, jn); add("nested", "jkn total", coef(m), SE(m), x = "leerlingen")
jm <- as.svrepdesign(s, type = "JKn", mse = TRUE); m <- svymean(~niveau, jm); add("nested", "jkn mse mean", coef(m), SE(m), x = "niveau")
write_json(cases, "more-expected.json", auto_unbox = TRUE, digits = 14, pretty = TRUE)
cat(length(cases), "cases\n")
