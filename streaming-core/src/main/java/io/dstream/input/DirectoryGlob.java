package io.dstream.input;

import io.dstream.rdd.LocalPath;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A path, or a glob that several paths match: {@code *}, {@code ?}, {@code [abc]} and <code>{a,b}</code> stand for parts of a
 * name, and a backslash takes away the meaning of such a character. Immutable.
 */
final class DirectoryGlob {

    private static final Pattern SEPARATORS = Pattern.compile(File.separatorChar == '\\' ? "[/\\\\]+" : "/+");
    private static final Pattern WILDCARD = Pattern.compile(File.separatorChar == '\\' ? "[*?\\[{]" : "[*?\\[{\\\\]");

    private final String text;
    private final Path base; // what is above the first wildcard
    private final List<Level> levels; // the rest

    private DirectoryGlob(String text, Path base, List<Level> levels) {
        this.text = text;
        this.base = base;
        this.levels = levels;
    }

    /**
     * @param argument names the argument in errors
     * @throws IllegalArgumentException if it is no path of the local file system, or no glob
     */
    static DirectoryGlob of(String argument, String text) {
        Matcher wildcard = WILDCARD.matcher(text);
        int cut = wildcard.find() ? startOfName(text, wildcard.start()) : text.length();
        Path base = LocalPath.of(argument, cut == 0 && !text.isEmpty() ? "." : text.substring(0, cut));
        List<Level> levels = new ArrayList<>();
        if (cut < text.length()) {
            SEPARATORS.splitAsStream(text.substring(cut)).forEach(name -> levels.add(Level.of(argument, name, text)));
        }
        return new DirectoryGlob(text, base.toAbsolutePath().normalize(), levels);
    }

    private static int startOfName(String text, int within) {
        return 1 + Math.max(text.lastIndexOf('/', within), text.lastIndexOf(File.separatorChar, within));
    }

    private static boolean isWildcard(String name) {
        return WILDCARD.matcher(name).find();
    }

    /** What matches, in the order of the paths; empty if nothing does. */
    List<Path> matches() throws IOException {
        List<Path> found = List.of(base);
        for (Level level : levels) {
            found = level.below(directories(found));
        }
        List<Path> matches = new ArrayList<>();
        for (Path path : found) {
            if (Directories.attributes(path) != null) {
                matches.add(path);
            }
        }
        return matches;
    }

    /** The directories that match, in the order of the paths; empty if none does. */
    List<Path> directories() throws IOException {
        return directories(matches());
    }

    private static List<Path> directories(List<Path> paths) throws IOException {
        List<Path> directories = new ArrayList<>();
        for (Path path : paths) {
            if (Directories.isDirectory(path)) {
                directories.add(path);
            }
        }
        return directories;
    }

    /** As it was given. */
    @Override
    public String toString() {
        return text;
    }

    /**
     * A part of a glob between two separators.
     *
     * @param matcher what names have to match; null if there is a single one
     */
    private record Level(String name, @Nullable PathMatcher matcher) {

        static Level of(String argument, String name, String glob) {
            try {
                return new Level(
                        name, isWildcard(name) ? FileSystems.getDefault().getPathMatcher("glob:" + name) : null);
            } catch (PatternSyntaxException invalid) {
                throw new IllegalArgumentException(
                        "'" + argument + "' must be a path or a glob, but was '" + glob + "': "
                                + invalid.getDescription(),
                        invalid);
            }
        }

        List<Path> below(List<Path> directories) throws IOException {
            List<Path> found = new ArrayList<>();
            for (Path directory : directories) {
                addTo(found, directory);
            }
            return found;
        }

        private void addTo(List<Path> found, Path directory) throws IOException {
            if (matcher == null) {
                found.add(directory.resolve(name));
                return;
            }
            List<Path> matching = new ArrayList<>();
            try {
                Directories.visit(directory, path -> {
                    if (matcher.matches(path.getFileName())) {
                        matching.add(path);
                    }
                });
            } catch (NoSuchFileException | NotDirectoryException vanished) {
                return;
            }
            matching.sort(null);
            found.addAll(matching);
        }
    }
}
