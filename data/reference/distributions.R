# Quantiles and probabilities of the distributions that intervals and tests are read from.
#
# Run from the root of the repository: Rscript data/reference/distributions.R
# Made with R 4.2.2 (2022-10-31) on 2026-11-28. The parameters are those that occur: degrees of freedom of 1 to
# 100,000 organisations, effective sample sizes of 0.4 to 100,000 with shares from 0 to 1, tests with fractions of
# a degree of freedom.
rows <- list()
add <- function(name, a, b, c, value) rows[[length(rows) + 1]] <<- data.frame(`function` = name, a = a, b = b, c = c, value = value, check.names = FALSE)

for (level in c(0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999)) {
    for (df in c(1, 2, 3, 7, 14, 49.5, 197, 999, 12345, 99999)) add("qt", level, df, 0, qt(0.5 + level / 2, df))
}
for (n in c(0.4, 2, 7.3, 15, 48, 151.7, 1000, 6194, 100000)) {
    for (p in c(0, 0.001, 0.02, 0.1, 0.31, 0.5, 0.8, 0.999)) {
        yes <- n * p
        no <- n * (1 - p)
        for (tail in c(0.005, 0.025, 0.05)) {
            if (yes >= 0.1) add("qbeta", yes, no + 1, tail, qbeta(tail, yes, no + 1))
            if (no >= 0.1) add("qbeta", yes + 1, no, 1 - tail, qbeta(1 - tail, yes + 1, no))
        }
    }
}
for (a in c(0.5, 1, 3.5, 20, 480, 50000)) for (b in c(0.5, 2, 12, 520, 50000)) for (z in c(-3, -1, 0, 1, 3)) {
    # Within three standard deviations of the mean, where intervals and tests read.
    x <- a / (a + b) + z * sqrt(a * b / ((a + b)^2 * (a + b + 1)))
    if (x > 0 && x < 1) add("pbeta", a, b, x, pbeta(x, a, b))
}
for (x in c(0.1, 0.9, 2.5, 6, 30)) for (df1 in c(0.8, 1, 2.6, 7)) for (df2 in c(3, 14, 150.5, 2000)) add("pf", x, df1, df2, pf(x, df1, df2, lower.tail = FALSE))
for (x in c(-8, -2.1, -0.3, 0.01, 1.7, 5, 30)) for (df in c(1, 4, 28, 300, 5000, 99999)) add("pt", x, df, 0, 2 * pt(-abs(x), df))
for (p in c(1e-6, 0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9999)) add("qnorm", p, 0, 0, qnorm(p))
for (size in c(15, 152, 600)) for (n in c(40, 1000, 100000)) for (m in c(15, n / 4, n - 20)) if (size <= n) {
    # The most probable count and some beside it.
    top <- floor((size + 1) * (m + 1) / (n + 2))
    for (k in unique(pmax(0, top + c(-12, -4, -1, 0, 1, 4, 12)))) {
        value <- dhyper(k, m, n - m, size)
        if (value > 0) add(paste0("dhyper", size), n, k, m, value)
    }
}
table <- do.call(rbind, rows)
for (column in 2:5) table[[column]] <- sprintf("%.17g", table[[column]])
write.csv(table, "data/reference/distributions.csv", row.names = FALSE, quote = FALSE)
