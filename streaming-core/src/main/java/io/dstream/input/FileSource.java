package io.dstream.input;

import io.dstream.event.InputInfo;
import io.dstream.input.FileStreamOptions.Unreadable;
import io.dstream.rdd.InputPartition;
import io.dstream.time.StreamClock;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Files that appear in directories: each version of a file is in exactly one batch.
 *
 * @param <T> type of the records
 */
public final class FileSource<T> implements InputSource<T> {

    private static final int MAX_DESCRIPTION = 1_000;
    private static final int MAX_SKIPPED = 10; // that are told by name

    private final DirectoryGlob directories;
    private final FileFormat<T> format;
    private final FileStreamOptions options;
    private final RecordLengths plainLengths = new RecordLengths();
    private final RecordLengths compressedLengths = new RecordLengths();

    // Mutable state
    private volatile @Nullable Run<T> run; // from one start of the pipeline to its end

    /**
     * @param directory a directory, or a glob of directories, of the local file system
     * @throws IllegalArgumentException if it is neither
     */
    public FileSource(String directory, FileFormat<T> format, FileStreamOptions options) {
        this.directories = DirectoryGlob.of("directory", directory);
        this.format = format;
        this.options = options;
        if (format instanceof FixedLengthFormat fixed) {
            plainLengths.add(fixed.recordLength(), 1);
        }
    }

    /**
     * Lines of text: UTF-8, ended by {@code \n}, {@code \r} or both.
     *
     * @param maxLineLength how many bytes a line may have; longer ones are dropped and counted
     */
    public static FileSource<String> lines(String directory, int maxLineLength, FileStreamOptions options) {
        return new FileSource<>(directory, new LineFormat(maxLineLength), options);
    }

    /**
     * Records of a fixed length.
     *
     * @param recordLength in bytes, at least 1
     * @throws IllegalArgumentException if it is below 1
     */
    public static FileSource<byte[]> records(String directory, int recordLength, FileStreamOptions options) {
        return new FileSource<>(directory, new FixedLengthFormat(recordLength), options);
    }

    @Override
    public String kind() {
        return "file";
    }

    /**
     * Leaves alone what is there, if the options say so and it is the first start.
     *
     * @throws IOException if that cannot be found out
     */
    @Override
    public void start(InputContext context) throws IOException {
        FileLedger ledger = new FileLedger(options, context.progress());
        FileBatches<T> batches = new FileBatches<>();
        context.progress().batches().forEach((time, changes) -> batches.put(time, FileLedger.taken(changes)));
        String input = "'" + context.input() + "' of pipeline '" + context.pipeline() + "'";
        DirectoryListing listing = new DirectoryListing(input, directories, context.clock());
        if (options.newFilesOnly() && ledger.isNew()) {
            ledger.begin(context.clock().now());
            listing.leaveAlone(ledger);
        }
        context.rate().follow(RateController.UNLIMITED);
        run = new Run<>(context.clock(), context.maxRecordsPerBatch(), context.rate(), listing, ledger, batches);
    }

    @Override
    public Allocation allocate(Instant batchTime) {
        Run<T> current = requireRun();
        try {
            current.listing().update(current.ledger());
            List<FileVersion> files = choose(current);
            current.ledger().take(files);
            current.batches().put(batchTime, files);
            return new Allocation(
                    files.stream().mapToLong(this::estimate).sum(),
                    current.listing().isMissing() ? "there is no directory '" + directories + "'" : describe(files),
                    current.ledger().takeChanges());
        } catch (IOException failure) {
            throw new SourceUnavailableException("Cannot list '" + directories + "': " + failure, failure);
        }
    }

    @Override
    public List<InputPartition<T>> read(Instant batchTime) {
        List<InputPartition<T>> partitions = new ArrayList<>();
        requireRun().batches().read(batchTime, this::begin).forEach(file -> partitions.addAll(file.parts()));
        return partitions;
    }

    private TakenFile<T> begin(FileVersion file) {
        boolean skips = options.unreadable() == Unreadable.SKIP;
        return new TakenFile<>(file, lengths(file).recordsIn(file.size()), FilePartition.of(file, format, true, skips));
    }

    @Override
    public InputInfo infoWhenRead(Instant batchTime, InputInfo allocated) {
        List<TakenFile<T>> files = requireRun().batches().begun(batchTime);
        if (files.isEmpty()) {
            return allocated;
        }
        long records = files.stream().mapToLong(TakenFile::records).sum();
        return new InputInfo(allocated.input(), records, allocated.description() + losses(files));
    }

    @Override
    public void commit(Instant batchTime) {
        for (TakenFile<T> file : requireRun().batches().begun(batchTime)) {
            OptionalLong count = file.count();
            if (count.isPresent() && !file.isSkipped()) {
                lengths(file.version()).add(file.version().size(), count.getAsLong());
            }
        }
    }

    @Override
    public void release(Instant upTo) {
        requireRun().batches().release(upTo);
    }

    @Override
    public void close() {
        run = null;
    }

    /** The first files that wait, as many as a batch may have. */
    private List<FileVersion> choose(Run<T> current) throws IOException {
        Instant now = current.clock().now();
        PriorityQueue<FileVersion> settled = current.ledger().settled(now);
        List<FileVersion> chosen = new ArrayList<>();
        long bytes = options.maxBytesPerBatch();
        long records = Math.min(current.maxRecordsPerBatch(), current.rate().limitPerBatch());
        while (!settled.isEmpty() && chosen.size() < options.maxFilesPerBatch()) {
            FileVersion file = settled.remove();
            long estimate = estimate(file);
            if (!chosen.isEmpty() && (file.size() > bytes || estimate > records)) {
                return chosen;
            }
            if (current.ledger().confirm(file, now)) {
                chosen.add(file);
                bytes -= file.size();
                records -= estimate;
            }
        }
        return chosen;
    }

    private long estimate(FileVersion file) {
        RecordLengths lengths = lengths(file);
        if (!lengths.isKnown() && file.size() > 0) {
            lengths.sample(file, format);
        }
        return lengths.recordsIn(file.size());
    }

    private RecordLengths lengths(FileVersion file) {
        return FilePartition.isCompressed(file.path()) ? compressedLengths : plainLengths;
    }

    /** Their paths, one in a line, as far as there is room for them. */
    private static String describe(List<FileVersion> files) {
        StringBuilder paths = new StringBuilder();
        for (int i = 0; i < files.size(); i++) {
            String path = files.get(i).path();
            if (i > 0 && paths.length() + path.length() > MAX_DESCRIPTION) {
                return paths.append("\nand ")
                        .append(files.size() - i)
                        .append(" more")
                        .toString();
            }
            paths.append(i == 0 ? "" : "\n").append(path);
        }
        return paths.toString();
    }

    private static <T> String losses(List<TakenFile<T>> files) {
        long dropped = files.stream().mapToLong(TakenFile::dropped).sum();
        String skipped = files.stream()
                .filter(TakenFile::isSkipped)
                .limit(MAX_SKIPPED)
                .map(file -> "\nleft out, because it cannot be read: "
                        + file.version().path())
                .collect(Collectors.joining());
        return (dropped == 0 ? "" : "\ndropped, because they are too long: " + dropped + " lines") + skipped;
    }

    private Run<T> requireRun() {
        Run<T> current = run;
        if (current == null) {
            throw new IllegalStateException("The file input is not started");
        }
        return current;
    }

    /** What one start of the pipeline uses. */
    private record Run<T>(
            StreamClock clock,
            int maxRecordsPerBatch,
            RateController rate,
            DirectoryListing listing,
            FileLedger ledger,
            FileBatches<T> batches) {}
}
