import fugo.KeyFile;
import fugo.MyNumber;
import fugo.ScopeKey;
import fugo.SymbolKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a call from Java costs: {@code java -cp fugo.jar CallCost.java KEYFILE}, then commands on standard input, one a
 * line, each answered with nanoseconds in all:
 *
 * <pre>
 * one N           N symbols by the scalar call
 * batch SIZE N    N batches of SIZE rows, array to array
 * direct SIZE N   N batches of SIZE rows, direct buffer to direct buffer
 * peer SIZE N     the same bytes by javax.crypto.Mac, row by row, without the strict parse
 * quit
 * </pre>
 */
final class CallCost {
    private static final int ROWS = 1_000_000;

    private final byte[] rows = new byte[ROWS * MyNumber.LENGTH];
    private final byte[] out = new byte[ROWS * 16];
    private final ByteBuffer directRows = ByteBuffer.allocateDirect(rows.length);
    private final ByteBuffer directOut = ByteBuffer.allocateDirect(out.length);
    private final MyNumber[] numbers = new MyNumber[ROWS];
    private final SymbolKey key;
    private final Mac mac;

    private CallCost(SymbolKey key, Mac mac) {
        this.key = key;
        this.mac = mac;
        for (int i = 0; i < ROWS; i++) {
            long digits = (i + 1) * 98_765_431L % 100_000_000_000L;
            byte[] body = String.format(Locale.ROOT, "%011d", digits).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(body, 0, rows, i * MyNumber.LENGTH, body.length);
            rows[i * MyNumber.LENGTH + body.length] = (byte) ('0' + MyNumber.checkDigit(body));
            byte[] row = new byte[MyNumber.LENGTH];
            System.arraycopy(rows, i * MyNumber.LENGTH, row, 0, row.length);
            numbers[i] = MyNumber.parse(row);
        }
        directRows.put(rows).flip();
    }

    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        try (KeyFile file = KeyFile.loadTestKey(Path.of(arguments[0]));
                ScopeKey scopeKey = file.scopeKey();
                SymbolKey key = SymbolKey.of(scopeKey)) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(Path.of(arguments[0])), "HmacSHA256"));
            Reader commands = new InputStreamReader(System.in, StandardCharsets.US_ASCII);
            new CallCost(key, mac).answer(new BufferedReader(commands));
        }
    }

    /** The key of a plaintext file. */
    private static byte[] bytes(Path path) throws IOException {
        for (String line : Files.readAllLines(path)) {
            if (line.startsWith("key: ")) {
                return HexFormat.of().parseHex(line, 5, line.length());
            }
        }
        throw new IllegalArgumentException("the key file must be in plaintext");
    }

    private void answer(BufferedReader commands) throws IOException, GeneralSecurityException {
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            int[] counts = new int[words.length - 1];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = Integer.parseInt(words[i + 1]);
            }
            switch (words[0]) {
                case "one" -> System.out.println(one(counts[0]));
                case "batch" -> System.out.println(batch(counts[0], counts[1]));
                case "direct" -> System.out.println(direct(counts[0], counts[1]));
                case "peer" -> System.out.println(peer(counts[0], counts[1]));
                case "quit" -> {
                    return;
                }
                default -> throw new IllegalArgumentException("a command is one, batch, direct, peer or quit");
            }
            System.out.flush();
        }
    }

    private long one(int calls) {
        long sum = 0;
        long began = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            sum += key.symbol(numbers[i % ROWS]).hashCode();
        }
        long took = System.nanoTime() - began;
        seen(sum);
        return took;
    }

    private long batch(int size, int calls) {
        int batches = ROWS / size;
        long began = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            int at = i % batches * size;
            key.symbols(rows, at * MyNumber.LENGTH, out, at * 16, size);
        }
        return System.nanoTime() - began;
    }

    private long direct(int size, int calls) {
        int batches = ROWS / size;
        long began = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            int at = i % batches * size;
            directRows.limit((at + size) * MyNumber.LENGTH).position(at * MyNumber.LENGTH);
            directOut.limit((at + size) * 16).position(at * 16);
            key.symbols(directRows, directOut);
        }
        return System.nanoTime() - began;
    }

    private long peer(int size, int calls) throws GeneralSecurityException {
        int batches = ROWS / size;
        byte[] digest = new byte[32];
        long began = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            int at = i % batches * size;
            for (int row = at; row < at + size; row++) {
                mac.update(rows, row * MyNumber.LENGTH, MyNumber.LENGTH);
                mac.doFinal(digest, 0);
                System.arraycopy(digest, 0, out, row * 16, 16);
            }
        }
        return System.nanoTime() - began;
    }

    /** What is used cannot be left out by the compiler. */
    private static void seen(long sum) {
        if (sum == Long.MIN_VALUE) {
            System.err.println(sum);
        }
    }
}
