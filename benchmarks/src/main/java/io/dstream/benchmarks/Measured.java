package io.dstream.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The process in which one side of a comparison does its work; tells the processor time it took. */
final class Measured {

    static final String RESULT = "cpu-seconds ";

    private Measured() {}

    /** Arguments: the comparison, the side, the units of work. */
    public static void main(String[] args) throws Exception {
        Workload workload = Comparison.named(args[0]).side(args[1]);
        int units = Integer.parseInt(args[2]);
        long before = cpuNanos();
        workload.run(units);
        System.out.println(RESULT + (cpuNanos() - before) / 1e9);
    }

    /** Of the whole process, the compiler and the garbage collector included. */
    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
