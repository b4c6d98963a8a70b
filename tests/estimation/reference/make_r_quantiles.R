# Makes r_quantiles.csv and its data, visits.csv, with R 4.2.2 and the package survey 4.1-1 (T. Lumley):
#   Rscript make_r_quantiles.R DIRECTORY
# visits.csv is invented: 60 visits in 4 strata of 3 offices, five-point ratings (many ties, some missing), waiting
# minutes, unequal weights, weights of which some are zero, and 20 bootstrap replicates of the weights.
suppressMessages(library(survey))
setwd(commandArgs(trailingOnly = TRUE)[1])
set.seed(2026)

d <- data.frame(stratum = rep(1:4, each = 15), office = rep(1:12, each = 5))
d$rating <- pmin(5, pmax(1, round(rnorm(60, 3.6 + rnorm(12, 0, .4)[d$office], 1.1))))
d$rating[sample(60, 5)] <- NA
d$minutes <- round(rgamma(60, 2, .08), 1)
d$online <- rep(c(1, 0, 0, 1, 0, 1, 0), length.out = 60)
d$weight <- round(runif(60, 1, 4), 2)
d$weight0 <- ifelse(runif(60) < .15, 0, d$weight)
linear <- svydesign(~office, strata = ~stratum, weights = ~weight, data = d)
replicates <- as.svrepdesign(linear, type = "subbootstrap", replicates = 20)
written <- round(weights(replicates, "analysis"), 6)
colnames(written) <- sprintf("boot%02d", 1:20)
write.csv(cbind(d, written), "visits.csv", row.names = FALSE, na = "", quote = FALSE)

bootstrap <- svrepdesign(data = d, weights = ~weight, repweights = written, type = "other",
                         combined.weights = TRUE, scale = 1 / 19, rscales = rep(1, 20), mse = TRUE)
zero <- svydesign(~office, strata = ~stratum, weights = ~weight0, data = d)
rows <- svydesign(~1, weights = ~weight, data = d[1:9, ])
equal <- svydesign(~1, weights = rep(2.1, 20), data = d[1:20, ])
classes <- data.frame(online = c(0, 1), Freq = c(90, 60))
poststratified <- postStratify(linear, ~online, classes)

fields <- c("design", "variable", "domain", "rule", "interval", "p", "level", "estimate", "se", "ci_low", "ci_high")
out <- file("r_quantiles.csv", "w")
writeLines(paste(fields, collapse = ","), out)
P <- c(.01, .05, .25, .5, .9, .99)


# Left out, for R leaves them to rounding or gives limits that do not bound: Woodruff intervals on a transformed scale
# where everybody is at or below the quantile; `asin` beyond the ends of its scale (R folds it back); `hf4` between
# ties (R may miss the tied value in its last digit).
usable <- function(part, variable, rule, interval, p, level) {
  x <- part$variables[[variable]]
  q <- getFromNamespace(paste0("qrule_", rule), "survey")(x, weights(part, "sampling"), p)
  if (rule == "hf4" && variable == "rating") return(FALSE)
  if (interval %in% c("mean", "score", "quantile")) return(TRUE)
  share <- svymean(as.numeric(x <= q), part)
  if (coef(share) > 1 - 1e-9) return(FALSE)
  half <- qt((1 + level) / 2, degf(part)) * SE(share) / (2 * sqrt(coef(share) * (1 - coef(share))))
  interval != "asin" || abs(asin(sqrt(coef(share))) - pi / 4) + half < pi / 4
}

one <- function(name, design, variable, domain, rule, interval, p, level) {
  part <- subset(design, !is.na(design$variables[[variable]]) & (domain == "" | design$variables$online == 1))
  if (!usable(part, variable, rule, interval, p, level)) return()
  if (inherits(design, "svyrep.design")) {
    # svyquantile 4.1-1 uses "mean" whatever is asked of a replicate design; this is what 4.5 does
    x <- part$variables[[variable]]
    inverse <- getFromNamespace(paste0("qrule_", rule), "survey")
    q <- inverse(x, weights(part, "sampling"), p)
    ci <- if (interval == "quantile") survey:::repCI(x, q, p, part, inverse, 1 - level, degf(part), FALSE)
          else survey:::woodruffCI(x, q, p, part, inverse, 1 - level, degf(part), method = interval)
    r <- c(q, ci, diff(ci) / (2 * qt((1 + level) / 2, degf(part))))
  } else {
    r <- tryCatch(svyquantile(reformulate(variable), part, p, alpha = 1 - level, interval.type = interval,
                              qrule = rule)[[1]][1, ], error = function(e) rep(Inf, 4))
  }
  r <- r[c(1, 4, 2, 3)]
  numbers <- ifelse(is.nan(r), "", ifelse(is.finite(r), sprintf("%.12g", r), "refused"))
  writeLines(paste(c(name, variable, domain, rule, interval, p, level, numbers), collapse = ","), out)
}
every <- function(name, design, variables, domains, rules, intervals, level = .95, ps = P)
  for (v in variables) for (d in domains) for (r in rules) for (i in intervals) for (p in ps)
    suppressWarnings(one(name, design, v, d, r, i, p, level))

rules <- c("math", "school", "shahvaish", paste0("hf", 1:9))
woodruff <- c("mean", "beta", "xlogit", "asin")
every("linear", linear, c("rating", "minutes"), "", rules, "mean")
every("linear", linear, c("rating", "minutes"), c("", "online"), c("math", "hf2", "hf7"), c(woodruff, "score"))
every("linear", linear, c("rating", "minutes"), "", c("math", "hf5"), woodruff, .8)
every("zero", zero, c("rating", "minutes"), "", rules, "xlogit")
every("rows", rows, c("rating", "minutes"), "", rules, c("mean", "xlogit"))
every("equal", equal, c("rating", "minutes"), "", rules, "mean", .9, c(.05, .1, .25, .3, .5, .7, .75, .9))
every("bootstrap", bootstrap, c("rating", "minutes"), "", c("math", "hf3", "hf6"), c(woodruff, "quantile"))
every("bootstrap", bootstrap, c("rating", "minutes"), "online", "math", c(woodruff, "quantile"))
every("poststratified", poststratified, "minutes", "", c("math", "hf8"), woodruff)
# (at p = 0.9 the score test changes its mind three times: which one is found is the root finder's matter)
every("poststratified", poststratified, "minutes", "", c("math", "hf8"), "score", .95, c(.25, .5, .75))
every("poststratified", poststratified, "minutes", "online", "math", "xlogit")
close(out)
