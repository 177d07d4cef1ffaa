package io.dstream.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;

/** One side of a comparison, in the process that it has for itself. */
@FunctionalInterface
interface Side {

    /**
     * Does the work and tells what it cost.
     *
     * @param units how much work
     */
    double cost(int units) throws Exception;

    /** A cost in seconds of processor time of the whole process, the compiler and the garbage collector included. */
    static Side cpu(Callable<Workload> workload) {
        return units -> {
            Workload ready = workload.call();
            long before = cpuNanos();
            ready.run(units);
            return (cpuNanos() - before) / 1e9;
        };
    }

    /** A cost in seconds, which is the median time of a unit in the second half of all. */
    static Side medianTime(Callable<Workload> workload) {
        return units -> median(System::nanoTime, workload.call(), units);
    }

    /** A cost in seconds of processor time of the whole process, which is the median of a unit in the second half of all. */
    static Side medianCpu(Callable<Workload> workload) {
        return units -> median(Side::cpuNanos, workload.call(), units);
    }

    private static double median(LongSupplier nanos, Workload ready, int units) throws Exception {
        double[] seconds = new double[units];
        for (int i = 0; i < units; i++) {
            long before = nanos.getAsLong();
            ready.run(1);
            seconds[i] = (nanos.getAsLong() - before) / 1e9;
        }
        double[] warm = Arrays.copyOfRange(seconds, units / 2, units);
        Arrays.sort(warm);
        return warm[warm.length / 2];
    }

    /** A cost in bytes, which is what stays on the heap for something that was made. */
    static Side heap(Callable<?> made) {
        return units -> {
            long before = liveHeap();
            Object kept = made.call();
            long after = liveHeap();
            Workload.check("object", kept == null ? 0 : 1, 1); // and it is reachable until here
            return after - before;
        };
    }

    /** In bytes, after a full collection. */
    static long liveHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Of the whole process. */
    static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
