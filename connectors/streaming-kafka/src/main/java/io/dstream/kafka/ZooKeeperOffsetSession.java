package io.dstream.kafka;

import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.kafka.common.TopicPartition;
import org.apache.zookeeper.KeeperException;

/**
 * The offsets of a group in ZooKeeper, for one version of the group's node.
 *
 * <p>Used by one thread at a time.
 */
final class ZooKeeperOffsetSession implements OffsetStoreSession {

    private final CuratorFramework client;
    private final OffsetStoreContext context;
    private final String path;
    private final int epoch;
    private final Map<TopicPartition, Long> offsets;

    // Mutable state
    private final Set<String> known = new HashSet<>(); // nodes that there are

    private ZooKeeperOffsetSession(
            CuratorFramework client,
            OffsetStoreContext context,
            String path,
            int epoch,
            Map<TopicPartition, Long> offsets) {
        this.client = client;
        this.context = context;
        this.path = path;
        this.epoch = epoch;
        this.offsets = Map.copyOf(offsets);
    }

    /** As {@link OffsetStore#open}. */
    static ZooKeeperOffsetSession open(CuratorFramework client, String parent, OffsetStoreContext context)
            throws Exception {
        if (client.getState() != CuratorFrameworkState.STARTED) {
            throw new KafkaStreamException(
                    "The client for the offsets of input " + context + " in ZooKeeper is not started",
                    "Start it before the pipeline, and close it after it",
                    null);
        }
        String path = parent + "/" + URLEncoder.encode(context.group(), StandardCharsets.UTF_8);
        try {
            client.createContainers(parent);
            createIfMissing(client, path);
            int epoch = client.setData()
                    .forPath(path, bytes(context.pipeline() + "/" + context.input()))
                    .getVersion();
            return new ZooKeeperOffsetSession(client, context, path, epoch, read(client, path));
        } catch (KeeperException failure) {
            throw translated(context, failure);
        }
    }

    private static void createIfMissing(CuratorFramework client, String path) throws Exception {
        if (client.checkExists().forPath(path) == null) {
            try {
                client.create().creatingParentsIfNeeded().forPath(path, new byte[0]);
            } catch (KeeperException.NodeExistsException other) {
                // another instance was faster
            }
        }
    }

    /** After the epoch was raised, so that nobody else changes them. */
    private static Map<TopicPartition, Long> read(CuratorFramework client, String path) throws Exception {
        Map<TopicPartition, Long> found = new HashMap<>();
        for (String topic : client.getChildren().forPath(path)) {
            for (String partition : client.getChildren().forPath(path + "/" + topic)) {
                String offset = new String(
                        client.getData().forPath(path + "/" + topic + "/" + partition), StandardCharsets.UTF_8);
                found.put(new TopicPartition(topic, Integer.parseInt(partition)), Long.parseLong(offset));
            }
        }
        return found;
    }

    @Override
    public Map<TopicPartition, Long> offsets() {
        return offsets;
    }

    @Override
    public void save(Map<TopicPartition, Long> newOffsets) throws Exception {
        try {
            Set<String> nodes = new HashSet<>();
            List<CuratorOp> operations = new ArrayList<>();
            operations.add(client.transactionOp().check().withVersion(epoch).forPath(path));
            for (Map.Entry<TopicPartition, Long> entry : newOffsets.entrySet()) {
                addTo(operations, nodes, entry.getKey(), entry.getValue());
            }
            client.transaction().forOperations(operations);
            known.addAll(nodes);
        } catch (KeeperException.BadVersionException overtaken) {
            throw new SinkConflictException("The offsets of input " + context + " in ZooKeeper, path '" + path
                    + "', belong to an instance that was started later, or to another stream of the group: the version of the"
                    + " node is not " + epoch
                    + " any more. This one writes nothing more; stop it, or start it again to take them back; two streams"
                    + " need two groups");
        } catch (KeeperException.NoNodeException | KeeperException.NodeExistsException failure) {
            known.clear();
            throw changed(failure);
        } catch (KeeperException failure) {
            throw translated(context, failure);
        }
    }

    private void addTo(List<CuratorOp> operations, Set<String> nodes, TopicPartition partition, long offset)
            throws Exception {
        String topicNode = path + "/" + partition.topic();
        if (nodes.add(topicNode) && isMissing(topicNode)) {
            operations.add(client.transactionOp().create().forPath(topicNode, new byte[0]));
        }
        String node = topicNode + "/" + partition.partition();
        nodes.add(node);
        operations.add(
                isMissing(node)
                        ? client.transactionOp().create().forPath(node, bytes(Long.toString(offset)))
                        : client.transactionOp().setData().forPath(node, bytes(Long.toString(offset))));
    }

    private boolean isMissing(String node) throws Exception {
        return !known.contains(node) && client.checkExists().forPath(node) == null;
    }

    /** The answer to a transaction was lost and it was sent again, or somebody has deleted nodes. */
    private RuntimeException changed(KeeperException failure) throws Exception {
        try {
            return client.checkExists().forPath(path) == null
                    ? new SinkConflictException("The node '" + path + "' of input " + context
                            + " in ZooKeeper was removed while the pipeline ran. Start the pipeline again")
                    : new SourceUnavailableException(
                            "The nodes under '" + path + "' with the offsets of input " + context
                                    + " have changed meanwhile: " + failure.getMessage(),
                            failure);
        } catch (KeeperException away) {
            return translated(context, away);
        }
    }

    private static RuntimeException translated(OffsetStoreContext context, KeeperException failure) {
        return switch (failure.code()) {
            case NOAUTH, AUTHFAILED, INVALIDACL, SESSIONCLOSEDREQUIRESASLAUTH ->
                new KafkaStreamException(
                        "ZooKeeper refuses access to the offsets of input " + context + ": " + failure.getMessage(),
                        "Let the client read, create and write nodes there, or correct who it is",
                        failure);
            default ->
                new SourceUnavailableException(
                        "ZooKeeper with the offsets of input " + context + " is away: " + failure.getMessage(),
                        failure);
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
