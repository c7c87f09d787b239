import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;

/** Prints one entry of a Hadoop credential provider: PROVIDER ALIAS. Exits with 3 if the entry does not exist. */
public class PrintCredential {
    public static void main(String[] args) throws Exception {
        Configuration conf = new Configuration();
        conf.set("hadoop.security.credential.provider.path", args[0]);
        // Read from the provider only, never from clear text in a configuration file.
        conf.setBoolean("hadoop.security.credential.clear-text-fallback", false);
        char[] secret = conf.getPassword(args[1]);
        if (secret == null) {
            System.exit(3);
        }
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
        Arrays.fill(secret, '\0');
        System.out.write(bytes.array(), 0, bytes.limit());
        System.out.flush();
        Arrays.fill(bytes.array(), (byte) 0);
    }
}
