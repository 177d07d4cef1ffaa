package io.dstream.benchmarks.codecs;

import io.dstream.storage.Codec;
import io.dstream.storage.Copier;
import java.util.List;
import org.apache.fory.Fory;
import org.apache.fory.config.Int64Encoding;
import tools.jackson.dataformat.cbor.CBORMapper;

/** What turns values into bytes and back, and copies them. */
interface Candidate {

    byte[] write(Object value);

    /** Reads a value. Only what cannot tell the type from the bytes uses it. */
    Object read(byte[] bytes, Class<?> type);

    Object copy(Object value);

    static Candidate named(String name) {
        return switch (name) {
            case "dstream" -> dstream();
            case "fory-generated" -> foryThatGeneratesCode();
            case "kryo" -> new KryoCandidate();
            case "jackson-cbor" -> jacksonCbor();
            default -> throw new IllegalArgumentException("There is no candidate '" + name + "'");
        };
    }

    private static Candidate dstream() {
        Codec<Object> codec = Codec.allowing(List.of("io.dstream.benchmarks"));
        Copier copier = new Copier();
        return new Candidate() {

            @Override
            public byte[] write(Object value) {
                return codec.encode(value);
            }

            @Override
            public Object read(byte[] bytes, Class<?> type) {
                return codec.decode(bytes);
            }

            @Override
            public Object copy(Object value) {
                return copier.copy(value);
            }
        };
    }

    /** The same library with the same settings, but for the code it generates. */
    private static Candidate foryThatGeneratesCode() {
        Fory fory = Fory.builder()
                .withXlang(false)
                .requireClassRegistration(false)
                .withTypeChecker((resolver, className) -> true)
                .withCompatible(true)
                .serializeEnumByName(true)
                .withStringCompressed(true)
                .withLongCompressed(Int64Encoding.VARINT)
                .withRefCopy(true)
                .build();
        return new Candidate() {

            @Override
            public byte[] write(Object value) {
                return fory.serialize(value);
            }

            @Override
            public Object read(byte[] bytes, Class<?> type) {
                return fory.deserialize(bytes);
            }

            @Override
            public Object copy(Object value) {
                return fory.copy(value);
            }
        };
    }

    /** Told the type of the value, which a codec for any rows would have to write too. It copies by writing and reading. */
    private static Candidate jacksonCbor() {
        CBORMapper mapper = new CBORMapper();
        return new Candidate() {

            @Override
            public byte[] write(Object value) {
                return mapper.writeValueAsBytes(value);
            }

            @Override
            public Object read(byte[] bytes, Class<?> type) {
                return mapper.readValue(bytes, type);
            }

            @Override
            public Object copy(Object value) {
                return read(write(value), value.getClass());
            }
        };
    }
}
