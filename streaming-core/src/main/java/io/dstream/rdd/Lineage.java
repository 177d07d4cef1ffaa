package io.dstream.rdd;

import java.util.Map;

/**
 * A plan as text: a line for each node with the number of its partitions, the operator that people know it by, its name and
 * how its rows are kept. What is behind a shuffle is indented.
 */
final class Lineage {

    /** Of all kinds of nodes that have parents. */
    static final Map<Class<?>, String> OPERATORS = Map.of(
            Plan.Map.class, "map",
            Plan.Filter.class, "filter",
            Plan.FlatMap.class, "flatMap",
            Plan.MapPartitions.class, "mapPartitions",
            Plan.Union.class, "union",
            Plan.Regroup.class, "coalesce",
            Plan.ZipPartitions.class, "zipPartitions",
            Plan.CombineByKey.class, "combineByKey",
            Plan.PartitionByKey.class, "partitionBy");

    private final RunScope scope;
    private final StringBuilder text = new StringBuilder();

    Lineage(RunScope scope) {
        this.scope = scope;
    }

    static String of(Plan<?> plan, RunScope scope) {
        Lineage lineage = new Lineage(scope);
        lineage.add(plan, "", "");
        return lineage.text.substring(0, lineage.text.length() - 1); // without the last line break
    }

    /** Adds the lines of a node and of what it is made of, behind what the first of them and the others begin with. */
    private void add(Plan<?> plan, String first, String others) {
        text.append(first).append(line(plan)).append('\n');
        for (Plan<?> parent : plan.parents()) {
            if (isShuffle(plan)) {
                add(parent, others + " +-", others + "   ");
            } else {
                add(parent, others + " |  ", others);
            }
        }
    }

    private static boolean isShuffle(Plan<?> plan) {
        return plan instanceof Plan.CombineByKey || plan instanceof Plan.PartitionByKey;
    }

    private String line(Plan<?> plan) {
        StorageLevel level = scope.levelOf(plan);
        String kept = level == StorageLevel.NONE ? "" : " [" + level + "]";
        return "(" + plan.partitionCount() + ") " + operator(plan) + kept;
    }

    /** The operator of a node and its name; of a node without parents the name alone, which is that of its source or stream. */
    static String operator(Plan<?> plan) {
        String name = plan.name().orElse("");
        if (plan.parents().isEmpty()) {
            return name.isEmpty() ? "rows" : name;
        }
        return OPERATORS.get(plan.getClass()) + (name.isEmpty() ? "" : " '" + name + "'");
    }
}
