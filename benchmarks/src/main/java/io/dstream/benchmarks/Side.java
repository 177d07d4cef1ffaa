package io.dstream.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.Callable;

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
        return units -> {
            Workload ready = workload.call();
            double[] seconds = new double[units];
            for (int i = 0; i < units; i++) {
                long before = System.nanoTime();
                ready.run(1);
                seconds[i] = (System.nanoTime() - before) / 1e9;
            }
            double[] warm = Arrays.copyOfRange(seconds, units / 2, units);
            Arrays.sort(warm);
            return warm[warm.length / 2];
        };
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
