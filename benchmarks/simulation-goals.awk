# The goals of the default policy beside what the runs gave, as a table of markdown. Ratios are of one seed, their mean is what counts.
BEGIN { FS = ","; mine = "LatencyScored" }
FNR == 1 {
    name = FILENAME; sub(/.*\//, "", name); sub(/\.csv$/, "", name)
    for (i = 1; i <= NF; i++) { column[$i] = i }
    next
}
{
    key = name SUBSEP $column["load"] SUBSEP $column["policy"] SUBSEP $column["seed"]
    value[key, "p99"] = $column["p99_ms"]; value[key, "p99.9"] = $column["p999_ms"]; value[key, "errors"] = $column["errors"]
    seeds[name] = seeds[name] < $column["seed"] ? $column["seed"] : seeds[name]
}
function ratio(name, load, other, what,    s, sum) {
    for (s = 1; s <= seeds[name]; s++) {
        if (!((name, load, other, s, what) in value)) {
            print "No " what " of " other " in " name " at load " load > "/dev/stderr"
            exit 1
        }

        sum += value[name, load, mine, s, what] / value[name, load, other, s, what]
    }
    return sum / seeds[name]
}
function row(name, load, what, result, limit, digits) {
    printf "| %s | %s | %s | %." digits "f | %s | %s |\n", name, load, what, result, limit, result <= limit + 0 ? "PASS" : "FAIL"
}
function against(name, load, other, what, limit) {
    row(name, load, what " / " other, ratio(name, load, other, what), limit, 2)
}
END {
    if (!("a1" in seeds)) { print "No runs to judge." > "/dev/stderr"; exit 1 }
    print "| run | load | what | result | at most | |"
    print "| --- | ---: | --- | ---: | ---: | --- |"
    split("0.5 0.7 0.85", loads, " "); split("lor p2c mongo peak-ewma", others, " "); split("p99 p99.9", tails, " ")
    for (l = 1; l in loads; l++) for (t = 1; t in tails; t++) for (o = 1; o in others; o++) {
        against("database", loads[l], others[o], tails[t], "1.00")
    }
    against("database", "0.5", "oracle", "p99", "1.20")
    against("a2", "0.7", "prequal", "p99", "0.80"); against("a2", "0.9", "prequal", "p99", "0.75")
    against("a4", "1.14", "prequal", "p99", "0.80"); against("a4", "1.5", "prequal", "p99", "0.82")
    for (s = 1; s <= seeds["a1"]; s++) { errors += value["a1", "1.74", mine, s, "errors"] }
    row("a1", "1.74", "errors", errors, "0", 0)
    split("10 100 500", intervals, " "); split("0.45 0.7", loads, " ")
    for (i = 1; i in intervals; i++) for (l = 1; l <= 2; l++) { against("c3-" intervals[i], loads[l], "c3", "p99", "1.15") }
}
