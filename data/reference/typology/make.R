# Writes the data and the reference numbers of the typology tests.
# Run in this folder as: Rscript make.R      (R 4.2.2, cluster 2.1.4, mclust for the adjusted Rand index, jsonlite)
suppressMessages({library(cluster); library(jsonlite); library(mclust)})
number <- function(x) unname(as.numeric(x))
keep <- function(x, name) write.csv(x, paste0(name, ".csv"), row.names = FALSE, na = "", quote = FALSE)

data(ruspini); data(agriculture); data(votes.repub); data(iris)
keep(cbind(row = seq_len(nrow(ruspini)), ruspini), "ruspini")
keep(cbind(row = seq_len(nrow(iris)), iris), "iris")
keep(cbind(row = rownames(agriculture), agriculture), "agriculture")
# The published tree is on standardised columns: they are written as such, so that no other program has to standardise.
votes <- as.data.frame(scale(votes.repub, center = TRUE, scale = FALSE))
deviation <- sapply(votes.repub, function(x) mean(abs(x - mean(x, na.rm = TRUE)), na.rm = TRUE))
votes <- as.data.frame(mapply(function(x, s) x / s, votes, deviation))
keep(cbind(row = seq_len(nrow(votes)), votes), "votes")
toy <- data.frame(row = 1:6, a = c(1,1,2,4,5,4), b = c(1,2,1,5,4,4), c = c(2,1,1,4,4,5), d = c(1,1,2,4,5,5))
keep(toy, "ordinal-toy")
# The toy with missing values of the package's own tests (tests/pam.R).
x0 <- cbind(V1 = (-3:4)^2, V2 = c(0:6, NA), V3 = c(1, 2, NA, 7, NA, 8:9, 8))
keep(data.frame(row = 1:8, x0), "holes-small")

# Ordinal answers that nobody has seen elsewhere: 40 organisations, 12 items, one in eight missing.
set.seed(20240601)
group <- rep(1:3, c(14, 13, 13)); centre <- matrix(sample(1:5, 36, TRUE), 3)
levels <- matrix(pmin(5, pmax(1, round(centre[group, ] + rnorm(480, sd = .9)))), 40)
levels[sample(480, 60)] <- NA
keep(data.frame(row = 1:40, levels), "levels-with-holes")

cases <- list()
add <- function(...) cases[[length(cases) + 1]] <<- Filter(Negate(is.null), list(...))
partition <- function(name, x, metric, ks, diss = NULL) for (k in ks) {
  p <- if (is.null(diss)) pam(x, k, metric = metric) else pam(diss, k)
  add(kind = "pam", data = name, distance = if (is.null(diss)) metric else "gower", k = k,
      medoids = if (is.null(diss)) p$id.med else match(p$medoids, attr(diss, "Labels")), sizes = number(p$clusinfo[, "size"]),
      build = number(p$objective[1]), swap = number(p$objective[2]), clustering = number(p$clustering),
      max = number(p$clusinfo[, "max_diss"]), average = number(p$clusinfo[, "av_diss"]),
      diameter = number(p$clusinfo[, "diameter"]), separation = number(p$clusinfo[, "separation"]),
      silhouette = if (k > 1) number(p$silinfo$avg.width), silhouettes = if (k > 1) number(p$silinfo$clus.avg.widths),
      widths = if (k > 1) number(p$silinfo$widths[order(as.integer(rownames(p$silinfo$widths))), "sil_width"]))
}
trees <- function(name, x, metric) for (m in c("average", "single", "complete", "ward")) {
  a <- agnes(x, metric = metric, method = m)
  h <- as.hclust(a)
  add(kind = "agnes", data = name, distance = metric, method = m, coefficient = a$ac, heights = number(sort(a$height)),
      cuts = lapply(2:6, function(k) if (k < nrow(x)) number(cutree(h, k)) else list()))
}
bare <- function(x) { x <- as.matrix(x); rownames(x) <- NULL; x }
irisx <- bare(iris[, 1:4]); rus <- bare(ruspini)
partition("ruspini", rus, "euclidean", 2:6); partition("ruspini", rus, "manhattan", 2:6)
partition("iris", irisx, "euclidean", 2:6); partition("iris", irisx, "manhattan", 2:6)
partition("agriculture", bare(agriculture), "euclidean", 2:4)
partition("ordinal-toy", bare(toy[, -1]), "manhattan", 2:3); partition("ordinal-toy", bare(toy[, -1]), "euclidean", 2:3)
partition("holes-small", x0, "manhattan", 1:3)
partition("levels-with-holes", levels, "manhattan", 1:8); partition("levels-with-holes", levels, "euclidean", 1:8)
# Gower with the declared scale 1 to 5: two rows that hold the ends of the scale make daisy use that range, then they leave.
ends <- as.matrix(daisy(rbind(levels, 1, 5), metric = "gower"))[1:40, 1:40]
dimnames(ends) <- list(1:40, 1:40); gower <- as.dist(ends); attr(gower, "Labels") <- as.character(1:40)
partition("levels-with-holes", NULL, NULL, 2:8, gower)
trees("ruspini", rus, "euclidean"); trees("iris", irisx, "euclidean"); trees("agriculture", bare(agriculture), "euclidean")
trees("ordinal-toy", bare(toy[, -1]), "manhattan"); trees("ordinal-toy", bare(toy[, -1]), "euclidean")
trees("levels-with-holes", levels, "manhattan"); trees("votes", bare(votes), "manhattan")
for (m in c("average", "complete", "ward"))
  add(kind = "rand", data = "iris", method = m, k = 3, value = adjustedRandIndex(cutree(as.hclust(agnes(irisx, method = m)), 3), iris$Species))
add(kind = "rand", data = "iris", method = "pam", k = 3, value = adjustedRandIndex(pam(irisx, 3)$clustering, iris$Species))
for (k in 2:6) { # Calinski-Harabasz from the centres of gravity
  label <- pam(rus, k)$clustering
  within <- sum(sapply(split.data.frame(rus, label), function(g) sum(scale(g, scale = FALSE)^2)))
  total <- sum(scale(rus, scale = FALSE)^2)
  add(kind = "calinski-harabasz", data = "ruspini", k = k, value = ((total - within) / (k - 1)) / (within / (nrow(rus) - k)), within = within)
}
set.seed(1)
gap <- clusGap(rus, FUNcluster = pam, K.max = 6, B = 500, verbose = FALSE)$Tab
add(kind = "gap", data = "ruspini", k = 6, log_within = number(gap[, "logW"]), gap = number(gap[, "gap"]), error = number(gap[, "SE.sim"]),
    tibshirani = maxSE(gap[, "gap"], gap[, "SE.sim"], "Tibs2001SEmax"), first = maxSE(gap[, "gap"], gap[, "SE.sim"], "firstSEmax"))
write_json(cases, "expected.json", auto_unbox = TRUE, digits = NA)
cat(length(cases), "cases\n")
