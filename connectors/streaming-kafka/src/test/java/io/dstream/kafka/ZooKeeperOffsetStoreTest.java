package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.apache.kafka.common.TopicPartition;
import org.apache.zookeeper.ZooDefs.Ids;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Offsets in ZooKeeper. */
class ZooKeeperOffsetStoreTest extends OffsetStoreContract {

    private static final TopicPartition PARTITION = new TopicPartition("orders", 7);

    private static TestingServer server;
    private static CuratorFramework client;

    @BeforeAll
    static void startServer() throws Exception {
        server = new TestingServer();
        client = newClient();
        client.start();
    }

    private static CuratorFramework newClient() {
        return CuratorFrameworkFactory.newClient(server.getConnectString(), 20_000, 1_000, new RetryOneTime(100));
    }

    @AfterAll
    static void endServer() throws Exception {
        client.close();
        server.close();
    }

    @Override
    protected OffsetStore store() {
        return ZooKeeperOffsetStore.of(client);
    }

    @Override
    protected void goAway() throws Exception {
        server.stop();
    }

    @Override
    protected void comeBack() throws Exception {
        server.restart();
    }

    @Test
    void thereIsANodeForEachPartition() throws Exception {
        OffsetStoreSession session = open(ZooKeeperOffsetStore.of(client).path("/services/progress"), "a/b");
        session.save(Map.of(PARTITION, 10L));
        session.save(Map.of(PARTITION, 12L));
        assertThat(new String(client.getData().forPath("/services/progress/a%2Fb/orders/7"), StandardCharsets.UTF_8))
                .isEqualTo("12");
    }

    @Test
    void nodesThatSomebodyDeletesAreMadeAgainButForThatWithTheEpoch() throws Exception {
        OffsetStoreSession session = open(ZooKeeperOffsetStore.of(client).path("/deleted"), "shop");
        session.save(Map.of(PARTITION, 10L));
        client.delete().deletingChildrenIfNeeded().forPath("/deleted/shop/orders");
        assertThatExceptionOfType(SourceUnavailableException.class)
                .isThrownBy(() -> session.save(Map.of(PARTITION, 11L)));
        session.save(Map.of(PARTITION, 11L));
        client.delete().deletingChildrenIfNeeded().forPath("/deleted/shop");
        assertThatExceptionOfType(SinkConflictException.class)
                .isThrownBy(() -> session.save(Map.of(PARTITION, 12L)))
                .withMessageContaining("was removed while the pipeline ran");
    }

    @Test
    void whoMayNotWriteThereIsRefused() throws Exception {
        client.create().withACL(Ids.READ_ACL_UNSAFE).forPath("/closed");
        assertThatExceptionOfType(KafkaStreamException.class)
                .isThrownBy(() -> open(ZooKeeperOffsetStore.of(client).path("/closed"), "shop"))
                .withMessageContaining("ZooKeeper refuses access")
                .withMessageContaining("Let the client read, create and write nodes there");
    }

    @Test
    void aClientThatIsNotStartedIsTold() {
        try (CuratorFramework latent = newClient()) {
            assertThatExceptionOfType(KafkaStreamException.class)
                    .isThrownBy(() -> open(ZooKeeperOffsetStore.of(latent), "shop"))
                    .withMessageContaining("is not started")
                    .withMessageContaining("Start it before the pipeline");
        }
    }

    @Test
    void whatIsNoPathIsRefused() {
        for (String path : List.of("", "offsets", "/offsets/", "//offsets")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ZooKeeperOffsetStore.of(client).path(path))
                    .withMessage("'newPath' must begin with a slash, and not end with one, but was '" + path + "'");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZooKeeperOffsetStore.of(client).path(null))
                .withMessage("'newPath' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> ZooKeeperOffsetStore.of(null))
                .withMessageContaining("'client'");
    }
}
