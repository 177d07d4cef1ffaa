package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RDDs of files that are there, and RDDs that are made without rows of their own. */
class RddFilesTest {

    @TempDir
    private Path temporary;

    private final TestStreamingContext test = new TestStreamingContext();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void textFileHasTheLinesOfAFileOfADirectoryOrOfWhatMatches() throws IOException {
        in().put("b", "3\n4");
        in().put("a", "1\r\n2\n");
        in().put("c.gz", TextDirectory.gzip("5"), TextDirectory.LONG_AGO);
        in().put("_hidden", "hidden");
        in().put("sub1/d", "6");
        in().put("sub2/e", "7");
        in().put("sub2/deeper/f", "8");
        assertThat(textFile("a").collect()).containsExactly("1", "2");
        RDD<String> all = textFile("");
        assertThat(all.getNumPartitions()).isEqualTo(3);
        assertThat(all.collect()).containsExactly("1", "2", "3", "4", "5");
        assertThat(textFile("[ab]").collect()).containsExactly("1", "2", "3", "4");
        assertThat(textFile("sub*").collect()).containsExactly("6", "7");
        assertThat(textFile("*").collect()).containsExactly("1", "2", "3", "4", "5", "6", "7");
        assertThat(textFile("_hidden").collect()).containsExactly("hidden");
    }

    @Test
    void filesAreReadAnewByEveryActionAndNotBefore() throws IOException {
        in().put("a", "before");
        RDD<String> lines = textFile("a");
        in().put("a", "after\nall");
        assertThat(lines.collect()).containsExactly("after", "all");
        Files.delete(in().path("a"));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(lines::count)
                .withMessageContaining("Cannot read the file '" + in().path("a") + "'")
                .withMessageContaining("No such file");
    }

    @Test
    void aFileCanBeJoinedToAStream() {
        in().put("names", "1 Ann\n2 Bob\n");
        TestInput<String> ids = test.input();
        TestOutput<Pair<String, String>> names =
                test.output(ids.stream().mapToPair(id -> Pair.of(id, true)).transformToPair(pairs -> pairs.join(
                                textFile("names").mapToPair(line -> Pair.of(line.substring(0, 1), line.substring(2))))
                        .mapValues(Pair::value)));
        ids.push("2", "3");
        test.runBatch();
        assertThat(names.last()).containsExactly(Pair.of("2", "Bob"));
    }

    @Test
    void whatIsNotThereIsRefusedAtOnce() {
        for (String path : new String[] {"missing", "missing/*", "*.txt"}) {
            assertThatIllegalArgumentException()
                    .as(path)
                    .isThrownBy(() -> textFile(path))
                    .withMessage("'path' must be that of a file or a directory, or a glob that matches some, but was '"
                            + in().path(path) + "'");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context().textFile("hdfs://name/in"))
                .withMessageContaining("'path' must be a path of the local file system");
    }

    @Test
    void aDirectoryThatIsEmptyHasNoRows() {
        assertThat(textFile("").collect()).isEmpty();
        assertThat(textFile("").getNumPartitions()).isZero();
    }

    @Test
    void wholeTextFilesHasAPairOfPathAndTextForEachFile() throws IOException {
        in().put("a", "1\n2");
        in().put("b.gz", TextDirectory.gzip("é"), TextDirectory.LONG_AGO);
        assertThat(test.context().wholeTextFiles(in().toString()).collect())
                .containsExactly(
                        Pair.of(in().path("a").toString(), "1\n2"),
                        Pair.of(in().path("b.gz").toString(), "é"));
    }

    @Test
    void binaryFilesHasAPairOfPathAndBytesForEachFile() throws IOException {
        byte[] compressed = TextDirectory.gzip("1");
        in().put("a", new byte[] {0, -1}, TextDirectory.LONG_AGO);
        in().put("b.gz", compressed, TextDirectory.LONG_AGO);
        Map<String, byte[]> contents =
                test.context().binaryFiles(in().toString()).collectAsMap();
        assertThat(contents.get(in().path("a").toString())).containsExactly(0, -1);
        assertThat(contents.get(in().path("b.gz").toString())).isEqualTo(compressed);
        assertThat(contents).hasSize(2);
    }

    @Test
    void aFileThatIsTooLargeForOneRecordIsNamed() throws IOException {
        Path large = in().path("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(Integer.MAX_VALUE); // takes no space
        }
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().binaryFiles(large.toString()).count())
                .withMessageContaining("Cannot read the file '" + large + "'")
                .withMessageContaining("too much for one record");
    }

    @Test
    void binaryRecordsHasRecordsOfOneLength() {
        in().put("a", new byte[] {1, 2, 3, 4}, TextDirectory.LONG_AGO);
        assertThat(test.context()
                        .binaryRecords(in().toString(), 2)
                        .map(Arrays::toString)
                        .collect())
                .containsExactly("[1, 2]", "[3, 4]");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(
                        () -> test.context().binaryRecords(in().toString(), 3).count())
                .withMessageContaining("no multiple of 3 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context().binaryRecords(in().toString(), 0))
                .withMessage("'recordLength' must be at least 1, but was 0");
    }

    @Test
    void emptyRddHasNeitherRowsNorPartitions() {
        RDD<String> empty = test.context().emptyRDD();
        assertThat(empty.getNumPartitions()).isZero();
        assertThat(empty.collect()).isEmpty();
        assertThat(empty.union(test.context().parallelize(List.of("1"))).collect())
                .containsExactly("1");
    }

    @Test
    void unionHasTheRowsOfAll() {
        RDD<Integer> one = test.context().parallelize(List.of(1, 2), 2);
        RDD<Integer> two = test.context().parallelize(List.of(2, 3), 1);
        RDD<Integer> all = test.context().union(one, two, one);
        assertThat(all.collect()).containsExactly(1, 2, 2, 3, 1, 2);
        assertThat(all.getNumPartitions()).isEqualTo(5);
        assertThat(test.context().union(one).collect()).containsExactly(1, 2);
    }

    @Test
    @SuppressWarnings("unchecked") // an array without elements
    void unionOfNothingIsRefused() {
        RDD<Integer>[] none = (RDD<Integer>[]) new RDD<?>[0];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context().union(none))
                .withMessage("'rdds' must have at least one RDD, but was empty");
    }

    @Test
    void anRddThatIsSavedWithItsRowsIsReadBack() throws IOException {
        String path = in().path("saved").toString();
        test.context()
                .parallelize(List.of(Pair.of("a", 1L), Pair.of("b", 2L)), 2)
                .saveAsObjectFile(path);
        RDD<Pair<String, Long>> read = test.context().objectFile(path);
        assertThat(read.collect()).containsExactly(Pair.of("a", 1L), Pair.of("b", 2L));
        assertThat(read.getNumPartitions()).isEqualTo(2);
        try (Stream<Path> files = Files.list(in().path("saved"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("_SUCCESS", "part-00000", "part-00001");
        }
    }

    @Test
    void anRddOfNoBatchReplacesNothingAndThatOfABatchWhatItHasSaved() {
        String path = in().path("saved").toString();
        RDD<Integer> lasting = test.context().parallelize(List.of(1));
        lasting.saveAsObjectFile(path);
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> lasting.saveAsObjectFile(path))
                .withCauseInstanceOf(FileAlreadyExistsException.class);
        TestInput<Integer> numbers = test.input();
        numbers.stream().foreachRDD(rdd -> rdd.saveAsObjectFile(path));
        numbers.push(2);
        test.runBatch();
        assertThat(test.context().<Integer>objectFile(path).collect()).containsExactly(2);
    }

    @Test
    void aRowOfAClassThatIsNotAllowedIsNotSaved() {
        RDD<Order> orders = test.context().parallelize(List.of(new Order(1)));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> orders.saveAsObjectFile(in().path("saved").toString()))
                .withMessageContaining("Class io.dstream.test.RddFilesTest$Order must not be in files");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> orders.saveAsObjectFile("s3://bucket/saved"))
                .withMessageContaining("'path' must be a path of the local file system");
    }

    private TextDirectory in() {
        return new TextDirectory(temporary);
    }

    private RDD<String> textFile(String path) {
        return test.context().textFile(in().path(path).toString());
    }

    private record Order(int id) {}
}
