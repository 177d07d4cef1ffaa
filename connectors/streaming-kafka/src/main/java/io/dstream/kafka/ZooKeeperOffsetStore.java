package io.dstream.kafka;

import io.dstream.function.Functions;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.curator.framework.CuratorFramework;

/**
 * Keeps offsets in ZooKeeper: {@code /dstream/offsets/<group>/<topic>/<partition>} has an offset as text, and the version of the node of the
 * group is the epoch. One transaction checks that and sets the offsets.
 *
 * <pre>{@code
 * ConsumerStrategy<String, String> strategy = ConsumerStrategy.subscribe(List.of("orders"), consumers)
 *         .withOffsetStore(ZooKeeperOffsetStore.of(curator));
 * }</pre>
 *
 * <p>Immutable. Needs {@code org.apache.curator:curator-framework}.
 */
public final class ZooKeeperOffsetStore implements OffsetStore {

    private static final String PATH = "/dstream/offsets";
    private static final Pattern PATHS = Pattern.compile("(/[^/\\p{Cntrl}]+)+");

    private final CuratorFramework client;
    private final String path;

    private ZooKeeperOffsetStore(CuratorFramework client, String path) {
        this.client = client;
        this.path = path;
    }

    /**
     * A store under {@value #PATH}.
     *
     * @param client is started before the pipeline, and closed after it, by whoever has made it. Its retry policy and timeouts say when
     *     ZooKeeper counts as away
     */
    public static ZooKeeperOffsetStore of(CuratorFramework client) {
        return new ZooKeeperOffsetStore(Objects.requireNonNull(client, "'client' must not be null"), PATH);
    }

    /**
     * A store elsewhere.
     *
     * @param newPath such as {@code /services/offsets}, in the namespace of the client if it has one
     * @throws IllegalArgumentException if it is no path, or ends with a slash
     */
    public ZooKeeperOffsetStore path(String newPath) {
        if (!PATHS.matcher(Functions.requireNotNull("newPath", newPath)).matches()) {
            throw new IllegalArgumentException(
                    "'newPath' must begin with a slash, and not end with one, but was '" + newPath + "'");
        }
        return new ZooKeeperOffsetStore(client, newPath);
    }

    @Override
    public String description() {
        return "ZooKeeper, path '" + path + "'";
    }

    @Override
    public OffsetStoreSession open(OffsetStoreContext context) throws Exception {
        return ZooKeeperOffsetSession.open(client, path, context);
    }
}
