# The other side of tests/peers/run: the same tasks in R, timed after loading. Prints seconds and a checksum.
suppressPackageStartupMessages({ library(survey); library(cluster) })
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]; task <- arguments[2]
timed <- function(work) {
  invisible(gc())
  start <- proc.time()[["elapsed"]]
  result <- work()
  cat(sprintf("%.6f %.10f\n", proc.time()[["elapsed"]] - start, result))
}
if (grepl("-", task)) {
  parts <- strsplit(task, "-")[[1]]
  x <- as.matrix(read.csv(file.path(folder, paste0("boards-", parts[2], ".csv")), header = FALSE))
  if (parts[1] == "pam") {
    # pamonce = 6 is the fastest of its variants.
    timed(function() pam(dist(x, "manhattan"), 4, pamonce = 6)$objective[["swap"]])
  } else if (parts[1] == "silhouettes") {
    d <- dist(x, "manhattan"); cl <- pam(d, 4, pamonce = 6, cluster.only = TRUE)
    timed(function() mean(silhouette(cl, d)[, "sil_width"]))
  } else if (parts[1] == "gap") {
    own <- function(x, k) list(cluster = pam(dist(x, "manhattan"), k, pamonce = 6, cluster.only = TRUE))
    set.seed(1)
    timed(function() clusGap(x, own, K.max = 6, B = 20, spaceH0 = "scaledPCA", verbose = FALSE)$Tab[4, "gap"])
  }
} else {
  # A column of weights per replicate: a million rows of them do not fit in 24 GiB.
  s <- read.csv(file.path(folder, "survey.csv"), nrows = if (task == "bootstrap") 200000 else -1)
  made <- function() svydesign(ids = ~cluster, strata = ~stratum, weights = ~w, data = s)
  if (task == "design") {
    timed(function() { d <- made(); SE(svymean(~y, d))[[1]] })
  } else {
    d <- made()
    if (task == "domains") timed(function() sum(SE(svyby(~y, ~group, d, svymean))))
    if (task == "share") timed(function() confint(svyciprop(~met, d, method = "logit"))[1])
    if (task == "quantiles") timed(function() sum(SE(svyquantile(~y, d, c(0.25, 0.5, 0.75)))))
    if (task == "bootstrap") {
      set.seed(1)
      timed(function() SE(svymean(~y, as.svrepdesign(d, type = "subbootstrap", replicates = 1000)))[[1]])
    }
  }
}
