package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.entry;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Accumulator;
import io.dstream.rdd.CollectionAccumulator;
import io.dstream.rdd.DoubleAccumulator;
import io.dstream.rdd.LongAccumulator;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.state.StateSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What counts in accumulators: what committed batches have added, once. */
class AccumulatorTest {

    private final TestStreamingContext test = new TestStreamingContext(
            config -> config.withFailure(Failures.skipAfter(1)).withParallelism(3));
    private final StreamingContext context = test.context();
    private final TestInput<Integer> numbers = test.input();
    private final LongAccumulator counted = context.longAccumulator("counted");
    private final AtomicInteger attempts = new AtomicInteger();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void whatAnActionAddsIsSeenAfterItAndCountsAfterTheBatch() {
        List<Long> inside = new ArrayList<>();
        numbers.stream().foreachRDD(rdd -> {
            inside.add(counted.value());
            rdd.foreach(counted::add);
            inside.add(counted.value());
        });
        numbers.push(1, 2, 3);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(6);
        numbers.push(4);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(10);
        assertThat(inside).containsExactly(0L, 6L, 6L, 10L);
    }

    @Test
    void manyTasksLoseNothing() {
        numbers.stream()
                .repartition(50)
                .foreachRDD(rdd -> rdd.foreachPartition(rows -> rows.forEachRemaining(row -> counted.add(1))));
        numbers.push(IntStream.range(0, 10_000).boxed().toList());
        test.runBatch();
        assertThat(counted.value()).isEqualTo(10_000);
    }

    @Test
    void anOutputThatIsTriedAgainCountsOnce() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.foreachRDD(rdd -> {
                    rdd.foreach(row -> {
                        accumulator.add(1);
                        accumulator.add(10);
                    });
                    failBeforeThird();
                }),
                33);
    }

    @Test
    void whatAnOutputShufflesCountsOnceThoughItIsShuffledInEveryAttempt() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.foreachRDD(rdd -> {
                    rdd.mapToPair(row -> {
                                accumulator.add(1);
                                return Pair.of(row % 2, row);
                            })
                            .reduceByKey(Integer::sum)
                            .count();
                    failBeforeThird();
                }),
                3);
    }

    @Test
    void aShuffleThatWasDefinedOutsideOfTheOutputCountsOnceThoughAnAttemptFailsThatRanIt() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> {
                    PairRDD<Integer, Integer> others = stream.context()
                            .parallelize(List.of(1, 2))
                            .mapToPair(row -> {
                                accumulator.add(1);
                                return Pair.of(row, row);
                            })
                            .reduceByKey(Integer::sum);
                    stream.foreachRDD(rdd -> {
                        if (!rdd.isEmpty()) {
                            assertThat(rdd.keyBy(row -> row).join(others).count())
                                    .isEqualTo(2);
                            failBeforeThird();
                        }
                    });
                },
                2);
    }

    @Test
    void whatAnOutputCachesCountsOnceThoughItIsComputedInEveryAttempt() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.foreachRDD(rdd -> {
                    RDD<Integer> kept = rdd.map(row -> {
                                accumulator.add(1);
                                return row;
                            })
                            .cache();
                    kept.count();
                    kept.count();
                    failBeforeThird();
                }),
                3);
    }

    @Test
    void whatAStreamShufflesCountsOncePerBatchThoughTheAttemptThatShuffledItFails() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> {
                    DStream<Integer> reduced = stream.transform(rdd -> rdd.mapToPair(row -> {
                                accumulator.add(1);
                                return Pair.of(row % 2, row);
                            })
                            .reduceByKey((a, b) -> {
                                accumulator.add(100);
                                return a + b;
                            })
                            .values());
                    reduced.foreachRDD(rdd -> {
                        rdd.count();
                        failBeforeThird();
                    });
                    reduced.foreachRDD(rdd -> rdd.count());
                },
                103);
    }

    @Test
    void whatAStreamShufflesCountsOncePerBatchThoughItIsShuffledAgainBecauseMergingFails() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.mapToPair(row -> {
                            accumulator.add(1);
                            return Pair.of("all", row);
                        })
                        .combineByKey(row -> row, Integer::sum, (a, b) -> {
                            failBeforeThird();
                            return a + b;
                        })
                        .foreachRDD(rdd -> assertThat(rdd.collect()).containsExactly(Pair.of("all", 6))),
                3);
    }

    @Test
    void whatAStreamPartitionsCountsOncePerBatchThoughTheAttemptThatDidItFails() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.transform(rdd -> rdd.mapToPair(row -> {
                                    accumulator.add(1);
                                    return Pair.of(row, row);
                                })
                                .partitionBy(2)
                                .values())
                        .foreachRDD(rdd -> {
                            rdd.count();
                            failBeforeThird();
                        }),
                3);
    }

    @Test
    void whatAStreamCachesCountsOncePerBatchThoughTheAttemptThatComputedItFails() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> {
                    DStream<Integer> kept = stream.map(row -> {
                                accumulator.add(1);
                                return row;
                            })
                            .cache();
                    kept.foreachRDD(rdd -> {
                        rdd.count();
                        failBeforeThird();
                    });
                    kept.foreachRDD(rdd -> rdd.count());
                },
                3);
    }

    @Test
    void aStreamsRowsThatAnOutputCachesCountOncePerBatchThoughThatOutputFails() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.map(row -> {
                            accumulator.add(1);
                            return row;
                        })
                        .foreachRDD(rdd -> {
                            rdd.cache();
                            rdd.count();
                            failBeforeThird();
                        }),
                3);
    }

    @Test
    void whatATransformAddsCountsOncePerBatchThoughNoOutputIsDue() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.transform(rdd -> {
                            accumulator.add(rdd.count());
                            return rdd;
                        })
                        .transform(rdd -> {
                            accumulator.add(10 * rdd.count());
                            failBeforeThird();
                            return rdd;
                        })
                        .window(Duration.ofDays(2), Duration.ofDays(1))
                        .foreachRDD(rdd -> {}),
                33);
    }

    @Test
    void whatATransformAddsInASkippedBatchDoesNotCountThoughNoOutputIsDue() {
        numbers.stream()
                .transform(rdd -> {
                    counted.add(1);
                    return rdd.map(row -> 10 / row);
                })
                .window(Duration.ofSeconds(2), Duration.ofSeconds(2))
                .foreachRDD(rdd -> {});
        numbers.push(0);
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        assertThat(counted.value()).isZero();
        test.runBatch();
        assertThat(counted.value()).isEqualTo(1);
    }

    @Test
    void whatATransformCachesCountsOncePerBatchThoughTheAttemptThatComputedItFails() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.transform(rdd -> rdd.map(row -> {
                                    accumulator.add(1);
                                    return row;
                                })
                                .cache())
                        .foreachRDD(rdd -> {
                            rdd.count();
                            failBeforeThird();
                        }),
                3);
    }

    @Test
    void stateFunctionsCountOnceThoughTheAttemptThatEvaluatedThemFails() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.mapToPair(row -> Pair.of(row, row))
                        .mapWithState(StateSpec.<Integer, Integer, Integer, Integer>function((key, value, state) -> {
                            accumulator.add(1);
                            return key;
                        }))
                        .foreachRDD(rdd -> {
                            rdd.count();
                            failBeforeThird();
                        }),
                3);
    }

    @Test
    void stateFunctionsThatFailAtFirstCountOnce() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.mapToPair(row -> Pair.of(1, row))
                        .reduceByKey(Integer::sum)
                        .mapWithState(StateSpec.<Integer, Integer, Integer, Integer>function((key, value, state) -> {
                            accumulator.add(1);
                            failBeforeThird();
                            return key;
                        }))
                        .foreachRDD(rdd -> rdd.count()),
                1);
    }

    @Test
    void transformFunctionsCountOnceThoughTheirPlanFails() throws Exception {
        runWithThreeAttempts(
                (accumulator, stream) -> stream.transform(rdd -> {
                            accumulator.add(rdd.count());
                            rdd.foreach(row -> accumulator.add(10));
                            failBeforeThird();
                            return rdd;
                        })
                        .foreachRDD(rdd -> {}),
                33);
    }

    @Test
    void everyActionComputesAMapAnewAndCountsItAnew() {
        numbers.stream()
                .map(row -> {
                    counted.add(1);
                    return row;
                })
                .foreachRDD(rdd -> {
                    rdd.count();
                    rdd.count();
                });
        numbers.push(1, 2, 3);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(6);
    }

    @Test
    void aSkippedBatchCountsForNothing() {
        numbers.stream()
                .mapToPair(row -> {
                    counted.add(row);
                    return Pair.of("key", row);
                })
                .reduceByKey((a, b) -> {
                    counted.add(1000);
                    return a + b;
                })
                .foreachRDD(rdd -> {
                    rdd.foreach(row -> counted.add(100));
                    if (attempts.incrementAndGet() == 2) {
                        throw new IllegalStateException("not the second batch");
                    }
                });
        numbers.push(1, 2);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(1103);
        numbers.push(3, 4);
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        assertThat(counted.value()).isEqualTo(1103);
        numbers.push(5);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(1208);
    }

    @Test
    void aFailedBatchCountsForNothing() {
        try (TestStreamingContext halting = new TestStreamingContext()) {
            LongAccumulator accumulator = halting.context().longAccumulator("n");
            TestInput<Integer> input = halting.input();
            input.stream().foreachRDD(rdd -> {
                rdd.foreach(accumulator::add);
                throw new IllegalStateException("always");
            });
            input.push(1);
            assertThat(halting.runFailingBatch().status()).isEqualTo(Status.FAILED);
            assertThat(accumulator.value()).isZero();
        }
    }

    @Test
    void anActionThatFailsCountsForNothingThoughItsOutputGoesOn() {
        numbers.stream().foreachRDD(rdd -> {
            try {
                rdd.foreach(row -> {
                    counted.add(row);
                    if (row == 3) {
                        throw new IllegalStateException("three");
                    }
                });
            } catch (IllegalStateException expected) {
                counted.add(1000);
            }
        });
        numbers.push(1, 2, 3);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(1000);
    }

    @Test
    void anActionInsideATaskCountsWithTheTask() {
        RDD<Integer> inner = context.parallelize(List.of(1, 2, 3), 3);
        numbers.stream()
                .foreachRDD(rdd -> rdd.foreach(row -> {
                    inner.foreach(counted::add);
                    counted.add(100);
                }));
        numbers.push(1, 2);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(212);
    }

    @Test
    void othersDoNotSeeWhatABatchAddsBeforeItIsCommitted() {
        List<Long> outside = new ArrayList<>();
        numbers.stream().foreachRDD(rdd -> {
            counted.add(5);
            outside.add(CompletableFuture.supplyAsync(counted::value).join());
        });
        test.runBatches(2);
        assertThat(outside).containsExactly(0L, 5L);
        assertThat(counted.value()).isEqualTo(10);
    }

    @Test
    void anyThreadMayAddAndThatCountsAtOnceWhateverBecomesOfABatch() {
        numbers.stream().foreachRDD(rdd -> {
            CompletableFuture.runAsync(() -> counted.add(7)).join();
            throw new IllegalStateException("skip it");
        });
        counted.add(1);
        test.runFailingBatch();
        assertThat(counted.value()).isEqualTo(8);
    }

    @Test
    void anActionOutsideOfBatchesCountsAtOnceIfItSucceeds() {
        RDD<Integer> lasting = context.parallelize(List.of(1, 2, 3), 3);
        lasting.foreach(counted::add);
        assertThat(counted.value()).isEqualTo(6);
        assertThatIllegalStateException()
                .isThrownBy(() -> lasting.foreach(row -> {
                    counted.add(row);
                    throw new IllegalStateException("no");
                }));
        assertThat(counted.value()).isEqualTo(6);
        lasting.mapToPair(row -> {
                    counted.add(10);
                    return Pair.of(1, row);
                })
                .reduceByKey(Integer::sum)
                .collect();
        assertThat(counted.value()).isEqualTo(36);
    }

    @Test
    void anActionOfAnotherThreadOnABatchCountsWithTheBatch() {
        numbers.stream().foreachRDD(rdd -> {
            CompletableFuture.runAsync(() -> rdd.foreach(counted::add)).join();
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("skip the first");
            }
        });
        numbers.push(1);
        test.runFailingBatch();
        assertThat(counted.value()).isZero();
        numbers.push(2);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(2);
    }

    @Test
    void aResetInABatchCountsWithTheBatch() {
        numbers.stream().foreachRDD(rdd -> {
            counted.reset();
            rdd.foreach(counted::add);
            assertThat(counted.value()).isEqualTo(rdd.reduce(Integer::sum).longValue());
            if (attempts.incrementAndGet() == 2) {
                throw new IllegalStateException("skip the second");
            }
        });
        counted.add(50);
        numbers.push(1, 2);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(3);
        numbers.push(10);
        test.runFailingBatch();
        assertThat(counted.value()).isEqualTo(3);
        counted.reset();
        assertThat(counted.value()).isZero();
    }

    @Test
    void aStartAfterAStopBeginsAnew() {
        numbers.stream().foreachRDD(rdd -> rdd.foreach(counted::add));
        counted.add(5);
        numbers.push(1);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(6);
        context.stop();
        assertThat(counted.value()).isEqualTo(6);
        numbers.push(2);
        test.runBatch();
        assertThat(counted.value()).isEqualTo(2);
    }

    @Test
    void thereAreAccumulatorsOfSeveralKinds() {
        DoubleAccumulator weight = context.doubleAccumulator("weight");
        CollectionAccumulator<Integer> odd = context.collectionAccumulator("odd");
        Accumulator<Integer, Map<Integer, Integer>> tens = context.accumulator(
                "tens",
                TreeMap::new,
                (map, row) -> {
                    map.merge(row / 10, 1, Integer::sum);
                    return map;
                },
                (map, other) -> {
                    other.forEach((ten, count) -> map.merge(ten, count, Integer::sum));
                    return map;
                });
        numbers.stream()
                .foreachRDD(rdd -> rdd.foreach(row -> {
                    weight.add(row / 2.0);
                    tens.add(row);
                    if (row % 2 == 1) {
                        odd.add(row);
                    }
                }));
        numbers.push(1, 2, 13);
        test.runBatch();
        numbers.push(25);
        test.runBatch();
        assertThat(weight.value()).isEqualTo(20.5);
        assertThat(odd.value()).containsExactlyInAnyOrder(1, 13, 25);
        assertThat(tens.value()).isEqualTo(Map.of(0, 2, 1, 1, 2, 1));
        assertThat(context.accumulators())
                .containsOnly(
                        entry("counted", 0L),
                        entry("weight", 20.5),
                        entry("odd", odd.value()),
                        entry("tens", tens.value()));
    }

    @Test
    void aFunctionThatCannotAddFailsTheBatchAndNotItsCommit() {
        Accumulator<Integer, Integer> upToTen = context.accumulator("up-to-ten", () -> 0, Integer::sum, (a, b) -> {
            if (a + b > 10) {
                throw new ArithmeticException(a + b + " is too much");
            }
            return a + b;
        });
        List<Pair<Integer, Integer>> states = new ArrayList<>();
        numbers.stream().foreachRDD(rdd -> rdd.foreach(upToTen::add));
        numbers.stream()
                .mapToPair(row -> Pair.of(0, row))
                .<Integer>updateStateByKey((rows, sum) -> Optional.of(
                        sum.orElse(0) + rows.stream().mapToInt(row -> row).sum()))
                .foreachRDD(rdd -> states.addAll(rdd.collect()));
        numbers.push(8);
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
        numbers.push(7);
        BatchInfo tooMuch = test.runFailingBatch();
        assertThat(tooMuch.status()).isEqualTo(Status.SKIPPED);
        assertThat(tooMuch.failureReason()).contains("15 is too much");
        numbers.push(1);
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
        assertThat(upToTen.value()).isEqualTo(9);
        assertThat(states.get(states.size() - 1)).isEqualTo(Pair.of(0, 9));
    }

    @Test
    void aCollectionKeepsTheFirstValuesAndCountsWhatItDrops() {
        CollectionAccumulator<Integer> few = context.collectionAccumulator("few", 4);
        numbers.stream().foreachRDD(rdd -> rdd.foreach(few::add));
        numbers.push(1, 2, 3);
        test.runBatch();
        assertThat(few.dropped()).isZero();
        numbers.push(4, 5, 6, 7, 8, 9);
        test.runBatch();
        assertThat(few.value()).hasSize(4).contains(1, 2, 3);
        assertThat(few.dropped()).isEqualTo(5);
        few.reset();
        assertThat(few.value()).isEmpty();
        assertThat(few.dropped()).isZero();
    }

    @Test
    void aValueDoesNotChangeWithItsAccumulator() {
        CollectionAccumulator<String> lines = context.collectionAccumulator("lines");
        lines.add("a");
        List<String> before = lines.value();
        lines.add("b");
        assertThat(before).containsExactly("a");
        assertThat(lines.value()).containsExactly("a", "b");
    }

    @Test
    void aNameGivesTheSameAccumulatorInItsPipeline() {
        numbers.stream().foreachRDD(rdd -> context.longAccumulator("counted").add(3));
        test.runBatch();
        assertThat(counted.value()).isEqualTo(3);
        assertThat(context.longAccumulator("counted")).isSameAs(counted);
        assertThat(context.pipeline("other").longAccumulator("counted")).isNotSameAs(counted);
        assertThat(counted.name()).isEqualTo("counted");
    }

    @Test
    void aNameOfAnotherKindOrFormIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.doubleAccumulator("counted"))
                .withMessage(
                        "'name' must be new or that of an accumulator of the class DoubleAccumulator, but 'counted' in pipeline 'default' is of"
                                + " LongAccumulator");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.longAccumulator("two words"))
                .withMessageContaining("'two words'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.collectionAccumulator("none", 0))
                .withMessage("'limit' must be at least 1, but was 0");
    }

    @Test
    void nullIsNotAdded() {
        CollectionAccumulator<String> lines = context.collectionAccumulator("lines");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lines.add(null))
                .withMessage("'value' must not be null for the accumulator 'lines'");
    }

    @Test
    void namesMadeOfDataAreRefusedInTheEnd() {
        IntStream.range(1, 1_000).forEach(i -> context.longAccumulator("user-" + i));
        assertThatIllegalStateException()
                .isThrownBy(() -> context.longAccumulator("one-more"))
                .withMessageContaining("1000 accumulators already")
                .withMessageContaining("'one-more'");
        assertThat(context.longAccumulator("user-999").value()).isZero();
    }

    private void failBeforeThird() {
        if (attempts.incrementAndGet() < 3) {
            throw new IllegalStateException("attempt " + attempts);
        }
    }

    /** Runs a pipeline whose first batch has the rows 1, 2 and 3, and later ones none; then looks at its accumulator. */
    private static void runWithThreeAttempts(Definition definition, long expected) throws Exception {
        Recorder recorder = new Recorder();
        try (StreamingContext real = new StreamingContext(StreamingConfig.defaults()
                .withParallelism(2)
                .withBatchInterval(Duration.ofMillis(5))
                .withFailure(Failures.attempts(3))
                .withObserver(recorder))) {
            LongAccumulator accumulator = real.longAccumulator("n");
            Queue<RDD<Integer>> queue = new ConcurrentLinkedQueue<>(List.of(real.parallelize(List.of(1, 2, 3), 3)));
            definition.define(accumulator, real.queueStream(queue));
            real.start();
            BatchInfo first = recorder.awaitBatch();
            assertThat(first.status()).isEqualTo(Status.COMMITTED);
            assertThat(first.failureReason()).contains("attempt 2");
            recorder.awaitBatch();
            real.stop();
            assertThat(accumulator.value()).isEqualTo(expected);
        }
    }

    private interface Definition {
        void define(LongAccumulator accumulator, DStream<Integer> stream);
    }
}
