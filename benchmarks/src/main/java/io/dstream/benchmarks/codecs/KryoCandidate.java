package io.dstream.benchmarks.codecs;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.CompatibleFieldSerializer;
import com.esotericsoftware.kryo.util.DefaultInstantiatorStrategy;
import org.objenesis.strategy.StdInstantiatorStrategy;

/** Kryo with names of classes, and of fields so that they may come and go; its records' may not, and their copies are not deep. */
final class KryoCandidate implements Candidate {

    private final Kryo kryo = new Kryo();
    private final Output out = new Output(4_096, -1);
    private final Input in = new Input();

    KryoCandidate() {
        kryo.setRegistrationRequired(false);
        kryo.setDefaultSerializer(CompatibleFieldSerializer.class);
        kryo.setInstantiatorStrategy(new DefaultInstantiatorStrategy(new StdInstantiatorStrategy()));
    }

    @Override
    public byte[] write(Object value) {
        out.reset();
        kryo.writeClassAndObject(out, value);
        return out.toBytes();
    }

    @Override
    public Object read(byte[] bytes, Class<?> type) {
        in.setBuffer(bytes);
        return kryo.readClassAndObject(in);
    }

    @Override
    public Object copy(Object value) {
        return kryo.copy(value);
    }
}
