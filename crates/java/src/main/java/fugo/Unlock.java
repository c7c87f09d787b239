package fugo;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Opens key files: holds passphrases and identities, which are tried in turn. They are stored outside Java's heap and
 * are wiped on {@link #close}.
 *
 * <pre>{@code
 * try (Unlock unlock = new Unlock().passphraseFile(secret); KeyFile file = KeyFile.load(path, unlock)) {
 *     ...
 * }
 * }</pre>
 */
public final class Unlock extends Handle {
    /** Makes an object without passphrases and identities. */
    public Unlock() {
        super(Native.unlock());
    }

    /**
     * Accepts test keys too, whose file says {@code use: test}. They are for published and invented numbers. Without
     * this call they are refused.
     *
     * @return this
     */
    public Unlock testKeys() {
        return with(value -> {
            Native.allowTestKeys(value);
            return this;
        });
    }

    /**
     * Adds a passphrase. Each attempt takes about one second. The caller wipes the array.
     *
     * @param passphrase the passphrase
     * @return this
     * @throws IllegalArgumentException if a surrogate is unpaired
     */
    public Unlock passphrase(char[] passphrase) {
        byte[] bytes = Utf8.ofPassphrase(passphrase);
        try {
            return with(value -> {
                Native.addPassphrase(value, bytes);
                return this;
            });
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * Adds the passphrase on the first line of a file that only its owner can read. It never enters Java's heap.
     *
     * @param path the file
     * @return this
     * @throws KeyFileException if the file is refused
     */
    public Unlock passphraseFile(Path path) {
        byte[] bytes = bytes(path);
        return with(value -> KeyFileException.named("passphrase file", path, () -> {
            Native.addPassphraseFile(value, bytes);
            return this;
        }));
    }

    /**
     * Adds the X25519 identities of an age identity file that only its owner can read.
     *
     * @param path the file
     * @return this
     * @throws KeyFileException if the file is refused
     */
    public Unlock identityFile(Path path) {
        byte[] bytes = bytes(path);
        return with(value -> KeyFileException.named("identity file", path, () -> {
            Native.addIdentityFile(value, bytes);
            return this;
        }));
    }

    /** The absolute path: the library's working directory may differ from Java's. */
    static byte[] bytes(Path path) {
        return path.toFile().getAbsolutePath().getBytes(StandardCharsets.UTF_8);
    }
}
