package io.dstream.rdd;

/**
 * A plan as text: a line for each node with the number of its partitions, its kind, its name and how its rows are kept. What
 * is behind a shuffle is indented.
 */
final class Lineage {

    private final RunScope scope;
    private final StringBuilder text = new StringBuilder();

    Lineage(RunScope scope) {
        this.scope = scope;
    }

    static String of(Plan<?> plan, RunScope scope) {
        Lineage lineage = new Lineage(scope);
        lineage.add(plan, "", "");
        return lineage.text.toString();
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
        String kept = scope.isKept(plan) ? " [" + StorageLevel.MEMORY_ONLY + "]" : "";
        return "(" + plan.partitionCount() + ") " + plan.getClass().getSimpleName()
                + plan.name().map(name -> " '" + name + "'").orElse("") + kept;
    }
}
