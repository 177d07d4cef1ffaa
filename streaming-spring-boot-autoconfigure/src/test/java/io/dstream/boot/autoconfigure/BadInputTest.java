package io.dstream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.function.MisconfigurationException;
import io.dstream.output.BatchSink;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkWriter;
import io.dstream.rdd.RDD;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a user reads whose application does not start. */
@ExtendWith(OutputCaptureExtension.class)
class BadInputTest {

    private static final String THIS = BadInputTest.class.getName();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch-interval                     | 0s    | it must be a whole number of milliseconds and at least 1 ms",
                "batch-interval                     | -1s   | it must be a whole number of milliseconds and at least 1 ms",
                "parallelism                        | 0     | it must be at least 1",
                "max-records-per-batch              | 0     | it must be at least 1",
                "receiver.block-interval            | 0s    | it must be at least 1 ms",
                "receiver.restart-delay             | -2s   | it must be at least 1 ms",
                "receiver.max-line-length           | 0B    | it must be at least 1",
                "receiver.max-rate                  | 0     | it must be at least 1",
                "receiver.max-memory                | 0B    | it must be at least 1",
                "receiver.max-disk                  | 0B    | it must be at least 1",
                "receiver.max-frame-length          | 0B    | it must be at least 1",
                "receiver.max-frame-length          | 2GB   | it must be less than 2 GB",
                "receiver.read-timeout              | 0s    | it must be at least 1 ms",
                "storage.max-memory                 | 0B    | it must be at least 1",
                "receiver.max-line-length           | 2GB   | it must be less than 2 GB",
                "kafka.max-rate-per-partition       | 0     | it must be at least 1",
                "kafka.min-rate-per-partition       | -1    | it must not be negative",
                "kafka.discovery-interval           | -1s   | it must not be negative",
                "backpressure.initial-rate          | 0     | it must be at least 1",
                "backpressure.min-rate              | -1    | it must be at least 1",
                "backpressure.pid.proportional      | -0.1  | it must be at least 0",
                "backpressure.pid.integral          | NaN   | it must be at least 0",
                "backpressure.pid.derivative        | -1.0  | it must be at least 0",
                "checkpoint.retain                  | -1    | it must not be negative",
                "checkpoint.verify                  | maybe | it must be true or false",
                "write-ahead-log.enabled            | maybe | it must be true or false",
                "backpressure.enabled               | 2     | it must be true or false",
                "checkpoint.aliases[com.shop.Order] | com.shop.Gone | it must be the name of a class that is there",
                "pipelines.orders.checkpoint.aliases[a.B] | a.C | it must be set for all pipelines: streaming.checkpoint.aliases[a.B]",
                "failure.max-attempts               | 0     | it must be at least 1",
                "failure.backoff                    | 0s    | it must be at least 1 ms",
                "shutdown.timeout                   | -1s   | it must not be negative",
                "pipelines.orders.batch-interval    | 0s    | it must be a whole number of milliseconds and at least 1 ms",
                "pipelines.orders.failure.max-attempts | -3 | it must be at least 1"
            })
    void aValueThatCannotBeUsedIsToldByItsProperty(
            String property, String value, String expectation, CapturedOutput output) {
        start(Orders.class, "--streaming." + property + "=" + value);
        assertThat(output)
                .contains("The value '" + value + "' (originating from \"streaming." + property
                        + "\" from property source \"commandLineArgs\") of property 'streaming." + property
                        + "' cannot be used: " + expectation)
                .contains("Change 'streaming." + property + "', or remove it to have the default.");
    }

    @Test
    void aValueThatCannotBeUsedIsToldWithFileAndLine(@TempDir Path directory, CapturedOutput output)
            throws IOException {
        Path file = directory.resolve("application.properties");
        Files.writeString(file, "streaming.parallelism=1\nstreaming.batchInterval=0s\n");
        start(Orders.class, "--spring.config.location=file:" + file);
        assertThat(output)
                .contains("The value '0s' (originating from ")
                .contains(
                        "application.properties] - 2:25) of property 'streaming.batch-interval' cannot be used: it must"
                                + " be a whole number of milliseconds and at least 1 ms");
    }

    @Test
    void aValueOfAnotherTypeIsToldByItsProperty(CapturedOutput output) {
        start(Orders.class, "--streaming.batch-interval=often");
        assertThat(output).contains("Property: streaming.batch-interval").contains("Value: \"often\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch-intervall                   | batch-interval",
                "checkpoint-directory              | checkpoint.directory",
                "checkpoint-dir                    | checkpoint.directory",
                "backoff                           | failure.backoff",
                "kafka.lost-offset                 | kafka.lost-offsets",
                "pipeline.orders.batch-interval    | ''",
                "topic                             | ''",
                "pipelines.orders.batch-intervall  | pipelines.orders.batch-interval",
                "pipelines.orders.parallelism      | ''",
                "pipelines[Orders.v1].batch-int    | pipelines[Orders.v1].batch-interval"
            })
    void aPropertyThatThereIsNotIsToldWithWhatMayHaveBeenMeant(String property, String meant, CapturedOutput output) {
        start(Orders.class, "--streaming." + property + "=1");
        assertThat(output)
                .contains("There is no property 'streaming." + property + "' (originating from \"streaming." + property
                        + "\" from property source \"commandLineArgs\")."
                        + (meant.isEmpty() ? "\n" : " Did you mean 'streaming." + meant + "'?"))
                .contains("Correct the name or remove the property. The prefix 'streaming' is that of dstream");
    }

    @Test
    void allPropertiesThatThereAreNotAreToldTogether(CapturedOutput output) {
        start(Orders.class, "--streaming.topic=orders", "--streaming.directory=/tmp");
        assertThat(output)
                .contains("There is no property 'streaming.topic'")
                .contains("There is no property 'streaming.directory'")
                .contains("Did you mean 'streaming.storage.directory' or 'streaming.checkpoint.directory'?");
    }

    @Test
    void propertiesWithoutAPipelineAreToldWithThePipelinesThereAre(CapturedOutput output) {
        start(Orders.class, "--streaming.pipelines.order.batch-interval=2s");
        assertThat(output)
                .contains("There are properties 'streaming.pipelines.order.*', but no pipeline 'order'."
                        + " The pipelines are: orders")
                .contains("Correct the name in the properties, remove them, or annotate a StreamDefinition bean with"
                        + " @StreamPipeline(\"order\").");
    }

    @Test
    void aBeanThatIsNoDefinitionIsToldByNameAndType(CapturedOutput output) {
        start(NoDefinition.class);
        assertThat(output)
                .contains("The bean 'text' (java.lang.String) is annotated with @StreamPipeline(\"orders\") but is no"
                        + " io.dstream.boot.StreamDefinition")
                .contains("Let java.lang.String implement StreamDefinition");
    }

    @Test
    void twoPipelinesOfOneNameAreToldByTheirBeans(CapturedOutput output) {
        start(SameName.class);
        assertThat(output)
                .contains("Two beans define a pipeline 'orders': bean 'one' (" + StreamDefinition.class.getName()
                        + ") and bean 'other' (" + StreamDefinition.class.getName() + ")")
                .contains("Choose another name in @StreamPipeline of one of them");
    }

    @Test
    void aMalformedNameIsToldByItsBean(CapturedOutput output) {
        start(Malformed.class);
        assertThat(output)
                .contains("The name of the pipeline of bean 'orders' (" + StreamDefinition.class.getName()
                        + ") cannot be used: 'name' must be of letters, digits, '.', '_' and '-'")
                .contains("but was 'my orders'")
                .contains("Choose another name in @StreamPipeline.");
    }

    @Test
    void aMissingNameIsToldByItsBean(CapturedOutput output) {
        start(Nameless.class);
        assertThat(output)
                .contains("The name of the pipeline of bean 'orders' (" + StreamDefinition.class.getName()
                        + ") cannot be used: 'name' must be of letters")
                .contains("but was ''");
    }

    @Test
    void theReservedNameIsToldByItsBean(CapturedOutput output) {
        start(Reserved.class);
        assertThat(output)
                .contains("The name of the pipeline of bean 'orders' (" + StreamDefinition.class.getName()
                        + ") is 'default', which is that of the root context's own pipeline")
                .contains("Choose another name in @StreamPipeline.");
    }

    @Test
    void aPipelineWithoutOutputIsToldByItsBean(CapturedOutput output) {
        start(NoOutput.class);
        assertThat(output)
                .contains("Pipeline 'orders', defined by bean 'idle' (" + THIS + "$Idle), cannot be started: No output"
                        + " operation is registered in pipeline 'orders'")
                .contains("Correct what bean 'idle' (" + THIS + "$Idle) defines: a pipeline needs at least one output"
                        + " operation");
    }

    @Test
    void aDefinitionThatThrowsIsToldByPipelineBeanAndLineAlsoIfItIsNotStarted(CapturedOutput output) {
        start(Throwing.class, "--streaming.auto-startup=false");
        assertThat(output)
                .contains("Pipeline 'orders' cannot be defined: bean 'broken' (" + THIS + "$Broken) threw"
                        + " java.lang.IllegalArgumentException: 'port' must be from 1 to 65535, but was 70000 at "
                        + THIS
                        + "$Broken.define(BadInputTest.java:")
                .contains("Correct the definition there.");
    }

    @Test
    void aSwitchWithoutAValueIsRefused(CapturedOutput output) {
        start(Orders.class, "--streaming.write-ahead-log.enabled");
        assertThat(output)
                .contains("of property 'streaming.write-ahead-log.enabled' cannot be used: it must be true or false");
    }

    @Test
    void aSwitchHasTheWordsOfSpring(CapturedOutput output) {
        start(Orders.class, "--streaming.write-ahead-log.enabled=on");
        assertThat(output).contains("'streaming.write-ahead-log.enabled' is true, but it has no checkpoint directory");
    }

    @Test
    void aCheckpointDirectoryThatCannotBeMadeIsToldWithItsProperty(@TempDir Path directory, CapturedOutput output)
            throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        start(Orders.class, "--streaming.checkpoint.directory=" + file);
        assertThat(output)
                .contains("The directory " + file.resolve("orders") + " cannot be made or used")
                .contains(
                        "Set 'streaming.checkpoint.directory' to a directory that the application may make and write to");
    }

    @Test
    void aDamagedFileIsToldWithTheByteAndWhatCanBeDone(@TempDir Path directory, CapturedOutput output)
            throws IOException {
        Path pipeline = Files.createDirectory(directory.resolve("orders"));
        Path segment = Files.write(pipeline.resolve("log-0000000000000001.seg"), new byte[100]);
        Files.createFile(pipeline.resolve("log-0000000000000002.newest"));
        start(Orders.class, "--streaming.checkpoint.directory=" + directory);
        assertThat(output)
                .contains("The file " + segment + " is damaged at byte ")
                .contains("Restore the directory of the pipeline as a whole");
    }

    @Test
    void aCheckpointDirectoryInUseIsToldWithWhoHasIt(@TempDir Path directory, CapturedOutput output) {
        String property = "--streaming.checkpoint.directory=" + directory;
        try (ConfigurableApplicationContext first = application(Orders.class).run(property)) {
            assertThat(first.isRunning()).isTrue();
            start(Orders.class, property);
        }
        assertThat(output)
                .contains("The directory " + directory.resolve("orders") + " is in use by this process")
                .contains("set 'streaming.checkpoint.directory' of this one to a directory of its own");
    }

    @Test
    void aWriteAheadLogWithoutADirectoryIsToldWithTheRemedy(CapturedOutput output) {
        start(Orders.class, "--streaming.write-ahead-log.enabled=true");
        assertThat(output)
                .contains("Pipeline 'orders' is to have a write-ahead log, because"
                        + " 'streaming.write-ahead-log.enabled' is true, but it has no checkpoint directory")
                .contains("Set 'streaming.checkpoint.directory' to a directory that survives the application");
    }

    @Test
    void anOutputThatIsRefusedIsToldWithTheRemedyAndWithoutAStackTrace(CapturedOutput output) {
        start(Refused.class);
        assertThat(output)
                .contains("Output 'table' of pipeline 'orders' does not start: Table 'orders' is not there.\n")
                .contains("Make it:\n\ncreate table orders (id int)\n")
                .doesNotContain("\tat ");
    }

    @Test
    void aLambdaThatThrowsIsToldByItsLineToo(CapturedOutput output) {
        start(ThrowingLambda.class);
        assertThat(output).contains("was 70000 at " + THIS + "$ThrowingLambda.lambda$orders$0(BadInputTest.java:");
    }

    private static void start(Class<?> application, String... arguments) {
        Throwable failure =
                catchThrowable(() -> application(application).run(arguments).close());
        assertThat(failure).as("failure of the start").isNotNull();
    }

    private static SpringApplicationBuilder application(Class<?> application) {
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF);
    }

    private static void define(StreamingContext streams) {
        Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
        streams.queueStream(queue).foreachRDD(rdd -> rdd.count());
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        LifecycleAutoConfiguration.class,
        StreamingAutoConfiguration.class,
        StreamingLifecycleAutoConfiguration.class
    })
    static class Application {}

    static class Orders extends Application {

        @Bean
        @StreamPipeline("orders")
        StreamDefinition orders() {
            return BadInputTest::define;
        }
    }

    static class NoDefinition extends Application {

        @Bean
        @StreamPipeline("orders")
        String text() {
            return "no definition";
        }
    }

    static class SameName extends Application {

        @Bean
        @StreamPipeline("orders")
        StreamDefinition one() {
            return BadInputTest::define;
        }

        @Bean
        @StreamPipeline("orders")
        StreamDefinition other() {
            return BadInputTest::define;
        }
    }

    static class Malformed extends Application {

        @Bean
        @StreamPipeline("my orders")
        StreamDefinition orders() {
            return BadInputTest::define;
        }
    }

    static class Nameless extends Application {

        @Bean
        @StreamPipeline
        StreamDefinition orders() {
            return BadInputTest::define;
        }
    }

    static class Reserved extends Application {

        @Bean
        @StreamPipeline("default")
        StreamDefinition orders() {
            return BadInputTest::define;
        }
    }

    static class NoOutput extends Application {

        @Bean
        Idle idle() {
            return new Idle();
        }
    }

    @StreamPipeline("orders")
    static class Idle implements StreamDefinition {

        @Override
        public void define(StreamingContext streams) {
            Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
            streams.queueStream(queue).map(String::length);
        }
    }

    static class Refused extends Application {

        @Bean
        @StreamPipeline("orders")
        StreamDefinition orders() {
            return streams -> streams.queueStream(new ConcurrentLinkedQueue<RDD<String>>())
                    .saveTo(new RefusedTable())
                    .named("table");
        }
    }

    private static final class RefusedTable implements BatchSink<String> {

        @Override
        public String kind() {
            return "refused";
        }

        @Override
        public SinkWriter<String> open(SinkContext context) {
            throw new MisconfigurationException(
                    "Table 'orders' is not there.", "Make it:\n\ncreate table orders (id int)", null);
        }
    }

    static class Throwing extends Application {

        @Bean
        Broken broken() {
            return new Broken();
        }
    }

    static class ThrowingLambda extends Application {

        @Bean
        @StreamPipeline("orders")
        StreamDefinition orders() {
            return streams -> streams.socketTextStream("localhost", 70_000).print();
        }
    }

    @StreamPipeline("orders")
    static class Broken implements StreamDefinition {

        @Override
        public void define(StreamingContext streams) {
            streams.socketTextStream("localhost", 70_000).print();
        }
    }
}
