package io.dstream.kafka.broker;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker, and its controller, in a process of its own on this machine, on ports that were free and with its data in a
 * directory of its own. It keeps ports and data when it is started again, and ends with the process that has made it.
 *
 * <p>Used by one thread at a time.
 */
public final class KafkaBroker implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final String PASSWORD = "of-the-broker"; // of its key store
    private static final String CLUSTER = "MkU3OEVBNTcwNTJENDM2Qk";
    private static final int PAUSE_MILLIS = 5;
    private static final int ATTEMPTS = 2_000; // to connect, 30 ms apart

    private final Path directory;
    private final int port;
    private final int sslPort;
    private final boolean keepsData;

    // Mutable state
    private @Nullable Process process;

    private KafkaBroker(Path directory, int port, int sslPort, boolean keepsData) {
        this.directory = directory;
        this.port = port;
        this.sslPort = sslPort;
        this.keepsData = keepsData;
    }

    /** Makes a broker and starts it; returns when it can be connected to. */
    public static KafkaBroker start() {
        return start(false);
    }

    /** As {@link #start}; it can be connected to with SSL, too. */
    public static KafkaBroker startWithSsl() {
        return start(true);
    }

    /**
     * As {@link #start}, with its data in a directory that outlives it: a broker that is started there later has them, on other ports. It
     * is ended by {@link #close}, not at the beginning of this process's end, so that others can use it while they end.
     *
     * @param directory is made if it is missing
     */
    public static KafkaBroker startIn(Path directory) {
        try {
            Files.createDirectories(directory);
            int[] ports = freePorts();
            KafkaBroker broker = new KafkaBroker(directory.toAbsolutePath(), ports[0], ports[2], true);
            Files.writeString(broker.properties(), properties(broker.directory, ports[0], ports[1]));
            broker.format();
            broker.restart();
            return broker;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static KafkaBroker start(boolean ssl) {
        try {
            Path directory = Files.createTempDirectory("kafka-broker-");
            int[] ports = freePorts();
            KafkaBroker broker = new KafkaBroker(directory, ports[0], ports[2], false);
            String properties = properties(directory, ports[0], ports[1]);
            Files.writeString(broker.properties(), ssl ? properties + broker.sslProperties(ports[1]) : properties);
            if (ssl) {
                broker.makeKey();
            }
            Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "kafka-broker-end"));
            broker.format();
            broker.restart();
            return broker;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What clients are given as {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    /** As {@link #bootstrapServers}, for clients with SSL. */
    public String sslBootstrapServers() {
        return HOST + ":" + sslPort;
    }

    /** The file, in the format PKCS12, in which clients with SSL find the certificate that they are to trust. */
    public Path trustStore() {
        return directory.resolve("broker.p12");
    }

    /** The password of {@link #trustStore}. */
    public String trustStorePassword() {
        return PASSWORD;
    }

    /** Starts it after its end, or lets it go on if it was suspended. Returns when it can be connected to. */
    public void restart() {
        if (process != null && process.isAlive()) {
            resume();
            return;
        }
        Process started =
                launch("io.dstream.kafka.broker.BrokerMain", properties().toString());
        process = started;
        awaitConnection(started);
    }

    /** Ends it as {@code kill -9} does; returns when it has ended. */
    public void kill() {
        Process running = requireProcess();
        running.destroyForcibly();
        awaitEnd(running);
    }

    /** Ends it in order; returns when it has ended. */
    public void stop() {
        Process running = requireProcess();
        running.destroy();
        awaitEnd(running);
    }

    /** Lets it stand still, with all connections open, until {@link #resume}. Returns when all its threads do. */
    public void suspend() {
        signal("STOP");
        try {
            while (!isStopped(Path.of("/proc", String.valueOf(requireProcess().pid()), "task"))) {
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a broker is suspended", end);
        }
    }

    /** Where the system does not tell, the signal has to do. */
    private static boolean isStopped(Path threads) throws IOException {
        if (!Files.isDirectory(threads)) {
            return true;
        }
        try (Stream<Path> all = Files.list(threads)) {
            for (Path thread : all.toList()) {
                String status = Files.readString(thread.resolve("stat"));
                if (status.charAt(status.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
        } catch (NoSuchFileException endedMeanwhile) {
            return false;
        }
        return true;
    }

    /** Lets it go on after {@link #suspend}. */
    public void resume() {
        signal("CONT");
    }

    /** Ends it and deletes its data, unless they are to outlive it; then it ends in order. */
    @Override
    public void close() {
        Process running = process;
        if (running != null) {
            end(running);
            awaitEnd(running);
        }
        if (!keepsData) {
            deleteData();
        }
    }

    private void end(Process running) {
        if (keepsData) {
            running.destroy();
        } else {
            running.destroyForcibly();
        }
    }

    private void makeKey() throws IOException {
        Process making = run(List.of(
                inJavaHome("keytool"),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=broker",
                "-ext",
                "san=ip:" + HOST,
                "-storetype",
                "PKCS12",
                "-keystore",
                trustStore().toString(),
                "-storepass",
                PASSWORD));
        awaitEnd(making);
        if (making.exitValue() != 0) {
            throw new IllegalStateException("The key of the broker cannot be made:\n" + log());
        }
    }

    private void format() {
        Process formatting = launch(
                "kafka.tools.StorageTool",
                "format",
                "--ignore-formatted",
                "-t",
                CLUSTER,
                "-c",
                properties().toString());
        awaitEnd(formatting);
        if (formatting.exitValue() != 0) {
            throw new IllegalStateException("The directory of the broker cannot be formatted:\n" + log());
        }
    }

    private Path properties() {
        return directory.resolve("server.properties");
    }

    private Process launch(String mainClass, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                inJavaHome("java"),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                classPath(),
                mainClass));
        command.addAll(List.of(arguments));
        try {
            return run(ownSession(command));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * A terminal sends its Ctrl-C, and others their TERM, to this process and to the broker, which is to serve until this process has
     * let go of it. Where there is no setsid, it does not hear the Ctrl-C at least.
     */
    private static List<String> ownSession(List<String> command) {
        if (File.separatorChar != '/') {
            return command;
        }
        String script = "trap '' INT; if command -v setsid >/dev/null; then exec setsid \"$@\"; fi; exec \"$@\"";
        List<String> own = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        own.addAll(command);
        return own;
    }

    private Process run(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile()))
                .start();
    }

    private static String inJavaHome(String program) {
        return Path.of(System.getProperty("java.home"), "bin", program).toString();
    }

    private void awaitConnection(Process started) {
        for (int attempt = 0; attempt < ATTEMPTS && !hasEnded(started); attempt++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return;
            } catch (IOException notYet) {
                // the process is given a moment, and asked again
            }
        }
        throw new IllegalStateException("The broker does not start:\n" + log());
    }

    private static boolean hasEnded(Process started) {
        try {
            return started.waitFor(30, TimeUnit.MILLISECONDS);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the broker starts", end);
        }
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder(
                            "kill", "-" + name, String.valueOf(requireProcess().pid()))
                    .inheritIO()
                    .start();
            awaitEnd(kill);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void awaitEnd(Process running) {
        try {
            running.waitFor();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a process ends", end);
        }
    }

    private Process requireProcess() {
        Process running = process;
        if (running == null || !running.isAlive()) {
            throw new IllegalStateException("The broker does not run");
        }
        return running;
    }

    private File logFile() {
        return directory.resolve("broker.log").toFile();
    }

    private String log() {
        try {
            return Files.readString(logFile().toPath());
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    private void deleteData() {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException failure) {
            // it was deleted before, or is in the directory for temporary files
        }
    }

    /** The libraries that Maven has found for the broker, and where this class is. */
    private static String classPath() {
        try (InputStream list = KafkaBroker.class.getResourceAsStream("class-path")) {
            String libraries =
                    new String(Objects.requireNonNull(list, "class-path").readAllBytes(), StandardCharsets.UTF_8);
            Path own = Path.of(KafkaBroker.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return own + File.pathSeparator + libraries.strip();
        } catch (IOException | URISyntaxException failure) {
            throw new IllegalStateException("The broker's class path is not known", failure);
        }
    }

    private static int[] freePorts() throws IOException {
        InetAddress host = InetAddress.getLoopbackAddress();
        try (ServerSocket first = new ServerSocket(0, 1, host);
                ServerSocket second = new ServerSocket(0, 1, host);
                ServerSocket third = new ServerSocket(0, 1, host)) {
            return new int[] {first.getLocalPort(), second.getLocalPort(), third.getLocalPort()};
        }
    }

    /** What comes behind the other properties, in place of some of them. */
    private String sslProperties(int controllerPort) {
        String listeners = "PLAINTEXT://" + HOST + ":" + port + ",SSL://" + HOST + ":" + sslPort;
        return String.join(
                "\n",
                "listeners=" + listeners + ",CONTROLLER://" + HOST + ":" + controllerPort,
                "advertised.listeners=" + listeners,
                "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL",
                "ssl.keystore.type=PKCS12",
                "ssl.keystore.location=" + trustStore(),
                "ssl.keystore.password=" + PASSWORD,
                "ssl.key.password=" + PASSWORD,
                "");
    }

    /** One partition for each internal topic, no delays that only a cluster needs, and cleaners that are at work often. */
    private static String properties(Path directory, int port, int controllerPort) {
        return String.join(
                "\n",
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@" + HOST + ":" + controllerPort,
                "listeners=PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort,
                "advertised.listeners=PLAINTEXT://" + HOST + ":" + port,
                "controller.listener.names=CONTROLLER",
                "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                "log.dirs=" + directory.resolve("data"),
                "auto.create.topics.enable=false",
                "num.network.threads=1",
                "num.io.threads=2",
                "num.recovery.threads.per.data.dir=1",
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "transaction.state.log.num.partitions=1",
                "transaction.abort.timed.out.transaction.cleanup.interval.ms=100",
                "share.coordinator.state.topic.replication.factor=1",
                "share.coordinator.state.topic.min.isr=1",
                "share.coordinator.state.topic.num.partitions=1",
                "group.initial.rebalance.delay.ms=0",
                "broker.session.timeout.ms=2000",
                "broker.heartbeat.interval.ms=500",
                "log.initial.task.delay.ms=100",
                "log.cleaner.backoff.ms=100",
                "log.cleaner.dedupe.buffer.size=2097152",
                "log.retention.check.interval.ms=200",
                "");
    }
}
