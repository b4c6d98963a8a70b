# Makes r_intervals.csv with R 4.2.2 and the package survey 4.1-1 (T. Lumley), from visits.csv:
#   Rscript make_r_intervals.R DIRECTORY
# Shares near 0 and 1, tiny clusters, domains. Left out, for R gives no usable limits there: shares of exactly 0 or 1, and
# `asin` beyond the ends of its scale (R folds it back), fits by iteration (`logit`, `likelihood`) with one degree of
# freedom.
suppressMessages(library(survey))
setwd(commandArgs(trailingOnly = TRUE)[1])
d <- read.csv("visits.csv")
d$pair <- (seq_len(60) - 1) %/% 2
d$low <- as.numeric(d$minutes <= 4)
d$half <- as.numeric(d$minutes <= 20)
d$most <- as.numeric(d$minutes <= 52)
d$all_but_one <- as.numeric(d$minutes < max(d$minutes))
designs <- list(offices = svydesign(~office, strata = ~stratum, weights = ~weight, data = d),
                pairs = svydesign(~pair, weights = ~weight, data = d),
                rows = svydesign(~1, weights = ~weight, data = d))
out <- file("r_intervals.csv", "w")
writeLines("design,variable,domain,method,level,estimate,se,ci_low,ci_high,df,n", out)
for (name in names(designs)) for (domain in c("", "online", "first")) for (v in c("low", "half", "most", "all_but_one"))
  for (level in c(.8, .9, .95, .99)) for (method in c("mean", "logit", "xlogit", "asin", "beta", "likelihood")) {
    part <- switch(domain, online = subset(designs[[name]], online == 1), first = subset(designs[[name]], office <= 2),
                   designs[[name]])
    share <- svymean(reformulate(v), part)
    if (degf(part) < 1 || coef(share) < 1e-9 || coef(share) > 1 - 1e-9) next
    half <- qt((1 + level) / 2, degf(part)) * SE(share) / (2 * sqrt(coef(share) * (1 - coef(share))))
    if (method == "asin" && abs(asin(sqrt(coef(share))) - pi / 4) + half >= pi / 4) next
    if (method %in% c("logit", "likelihood") && (degf(part) < 2 || level != .95 || v == "all_but_one")) next
    r <- suppressWarnings(svyciprop(reformulate(v), part, method = method, level = level))
    writeLines(paste(c(name, v, domain, method, level, sprintf("%.12g", c(coef(r), SE(share), confint(r))), degf(part),
                       nrow(part)), collapse = ","), out)
  }
close(out)
