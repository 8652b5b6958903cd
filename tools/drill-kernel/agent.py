"""The kernel's side of tools/drill-kernel.mjs: a network namespace of its own with one TUN device, and the calls of a script.

Reads one JSON object a line from the file argv[1], answers each with one line to argv[2]. Times are ms since the
first command. It does what it is told, and knows nothing of scripts.
"""
import base64, ctypes, errno, fcntl, json, os, re, select, socket, struct, subprocess, sys, threading, time

NAMES = {
    'NULL': 0, 'O_RDWR': 2, 'O_RDONLY': 0, 'O_WRONLY': 1, 'O_NONBLOCK': os.O_NONBLOCK, 'SPLICE_F_NONBLOCK': 2, 'SPLICE_F_MORE': 4, 'SPLICE_F_MOVE': 1,
    'MSG_ZEROCOPY': 0x4000000, 'MSG_FASTOPEN': 0x20000000, 'MSG_ERRQUEUE': 0x2000, 'SHUT_RD': 0, 'SHUT_WR': 1,
    'SHUT_RDWR': 2, 'SOMAXCONN': 4096, 'SOL_TCP': 6, 'IPPROTO_TCP': 6, 'SOL_SOCKET': 1, 'IPPROTO_IP': 0, 'SOL_IP': 0,
    'IPPROTO_IPV6': 41, 'SOL_IPV6': 41, 'ENOMSG': 42, 'EPOLL_CTL_ADD': 1, 'EPOLL_CTL_DEL': 2, 'EPOLL_CTL_MOD': 3,
    'EPOLLRDHUP': 0x2000, 'EPOLLET': 1 << 31, 'EPOLLONESHOT': 1 << 30, 'POLLRDHUP': 0x2000,
    'SO_TIMESTAMPING': 37, 'SO_ZEROCOPY': 60, 'SO_MAX_PACING_RATE': 47, 'SO_INCOMING_CPU': 49, 'SO_MARK': 36,
    'SO_RCVLOWAT': 18, 'SO_RCVTIMEO': 20, 'SO_SNDTIMEO': 21, 'IP_TTL': 2, 'IP_TOS': 1, 'IP_MTU_DISCOVER': 10,
    'IP_RECVERR': 11, 'IPV6_RECVERR': 25, 'IP_MTU': 14, 'TCP_MAXSEG': 2, 'TCP_CORK': 3, 'TCP_NODELAY': 1, 'TCP_KEEPIDLE': 4, 'TCP_KEEPINTVL': 5,
    'TCP_KEEPCNT': 6, 'TCP_SYNCNT': 7, 'TCP_LINGER2': 8, 'TCP_DEFER_ACCEPT': 9, 'TCP_WINDOW_CLAMP': 10,
    'TCP_INFO': 11, 'TCP_QUICKACK': 12, 'TCP_CONGESTION': 13, 'TCP_MD5SIG': 14, 'TCP_THIN_LINEAR_TIMEOUTS': 16,
    'TCP_THIN_DUPACK': 17, 'TCP_USER_TIMEOUT': 18, 'TCP_REPAIR': 19, 'TCP_REPAIR_QUEUE': 20, 'TCP_QUEUE_SEQ': 21,
    'TCP_FASTOPEN': 23, 'TCP_TIMESTAMP': 24, 'TCP_NOTSENT_LOWAT': 25, 'TCP_SAVE_SYN': 27, 'TCP_SAVED_SYN': 28,
    'TCP_FASTOPEN_CONNECT': 30, 'TCP_ULP': 31, 'TCP_MD5SIG_EXT': 32, 'TCP_FASTOPEN_KEY': 33,
    'TCP_FASTOPEN_NO_COOKIE': 34, 'TCP_INQ': 36, 'TCP_TX_DELAY': 37, 'TCP_RTO_MAX_MS': 44, 'TCP_RTO_MIN_US': 45,
    'SO_BUSY_POLL': 46, 'SCM_TSTAMP_SND': 0, 'SCM_TSTAMP_SCHED': 1, 'SCM_TSTAMP_ACK': 2,
}
STAMPS = ['TX_HARDWARE', 'TX_SOFTWARE', 'RX_HARDWARE', 'RX_SOFTWARE', 'SOFTWARE', 'SYS_HARDWARE', 'RAW_HARDWARE',
          'OPT_ID', 'TX_SCHED', 'TX_ACK', 'OPT_CMSG', 'OPT_TSONLY', 'OPT_STATS', 'OPT_PKTINFO', 'OPT_TX_SWHW',
          'BIND_PHC', 'OPT_ID_TCP']
NAMES.update({f'SOF_TIMESTAMPING_{name}': 1 << bit for bit, name in enumerate(STAMPS)})
IOCTL = {'SIOCINQ': 0x541b, 'FIONREAD': 0x541b, 'SIOCOUTQ': 0x5411, 'SIOCOUTQNSD': 0x894b, 'SIOCATMARK': 0x8905}
BYTES = 'state ca_state retransmits probes backoff options'.split()
WORDS = ('rto ato snd_mss rcv_mss unacked sacked lost retrans fackets last_data_sent last_ack_sent last_data_recv '
         'last_ack_recv pmtu rcv_ssthresh rtt rttvar snd_ssthresh snd_cwnd advmss reordering rcv_rtt rcv_space '
         'total_retrans').split()
REST = ('Q pacing_rate,Q max_pacing_rate,Q bytes_acked,Q bytes_received,I segs_out,I segs_in,I notsent_bytes,'
        'I min_rtt,I data_segs_in,I data_segs_out,Q delivery_rate,Q busy_time,Q rwnd_limited,Q sndbuf_limited,'
        'I delivered,I delivered_ce,Q bytes_sent,Q bytes_retrans,I dsack_dups,I reord_seen,I rcv_ooopack,I snd_wnd,'
        'I rcv_wnd,I rehash,H total_rto,H total_rto_recoveries,I total_rto_time,I received_ce,I delivered_e1_bytes,'
        'I delivered_e0_bytes,I delivered_ce_bytes,I received_e1_bytes,I received_e0_bytes,I received_ce_bytes,'
        'H accecn_fail_mode,H accecn_opt_seen').split(',')


def run(command):
    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise OSError(f'{command}: {done.stdout.decode()}')


def set_sysctl(name, value, must=True):
    try:
        with open('/proc/sys/' + name.replace('.', '/'), 'w') as file:
            file.write(str(value))
    except OSError as error:
        if must:
            raise Unknown(f'{name}={value}: {error}')


class Unknown(Exception):
    """Something that this program cannot ask of the kernel."""


def number(value):
    kind = value['kind']
    if kind == 'number':
        return value['value']
    if kind == 'open':
        return 0
    if kind == 'word':
        name = value['name']
        for place in (NAMES, vars(select), vars(socket), vars(errno)):
            if name in place:
                return int(place[name])
        raise Unknown(name)
    if kind == 'list' and len(value['items']) == 1:
        return number(value['items'][0])
    if kind == 'apply' and value['name'] in ('htons', 'htonl'):
        return number(value['arguments'][0])
    if kind == 'operation':
        left, right = number(value['left']), number(value['right'])
        return {'|': left | right, '&': left & right, '+': left + right, '-': left - right, '*': left * right,
                '<<': left << right if right < 64 else 0, '>>': left >> right, '~': ~left}[value['operator']]
    raise Unknown(f'a number from {kind}')


def field(struct_value, *names):
    for name in names:
        if name in struct_value.get('fields', {}):
            return struct_value['fields'][name]
    return None


def inside(value):
    return value['items'][0] if value['kind'] == 'list' and len(value['items']) == 1 else value


class Kernel:
    def __init__(self, options):
        self.options = options
        self.v6 = options['version'] == 6
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(0x40000000) != 0:
            raise OSError(ctypes.get_errno(), 'unshare')
        self.tap = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.tap, 0x400454ca, struct.pack('16sH22x', b'tun0', 0x1001))
        for each in ('all', 'default', 'tun0'):
            for name, value in (('accept_dad', 0), ('router_solicitations', 0), ('addr_gen_mode', 1), ('accept_ra', 0)):
                set_sysctl(f'net.ipv6.conf.{each}.{name}', value, False)
        for name, value in options['sysctls'].items():
            set_sysctl(name, value)
        # A namespace may not choose cubic where the machine restricts it; its routes may.
        own = [command for command in options['init'] if re.search('tcp_congestion_control=(?!cubic)', command)]
        self.congestion = '' if own else ' congctl cubic'
        lines = ['ip link set lo up', f"ip link set tun0 mtu {options['mtu']} up"]
        local, gateway = options['local'], options['gateway']
        if self.v6:
            lines += [f'ip -6 addr add {local}/64 dev tun0 nodad', f'ip -6 addr add {gateway}99/128 dev lo nodad',
                      f'ip -6 route add default via {gateway} dev tun0{self.congestion}']
        else:
            lines += [f'ip addr add {local}/16 dev tun0',
                      f'ip route add 192.0.2.0/24 via {gateway} dev tun0{self.congestion}',
                      f'ip route add default via {gateway} dev tun0{self.congestion}']
        run('\n'.join(['set -e', *lines]))
        for command in options['init']:
            self.shell(command)
        self.files, self.done, self.calls = {}, [], {}
        self.wake_read, self.wake_write = os.pipe()
        time.sleep(0.02)
        self.frames()
        try:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(20))
        except OSError:
            pass
        self.start = time.monotonic()

    def now(self):
        return (time.monotonic() - self.start) * 1000

    def frames(self):
        got = []
        while True:
            try:
                frame = os.read(self.tap, 70000)
                frame = bytes(12) + (b'\x08\x00' if frame[0] >> 4 == 4 else b'\x86\xdd') + frame
            except BlockingIOError:
                return got
            kind = struct.unpack('!H', frame[12:14])[0]
            if kind == 0x0800 and frame[23] in (1, 6, 17) or kind == 0x86dd and frame[20] in (6, 17):
                got.append({'at': self.now() if hasattr(self, 'start') else 0, 'frame': base64.b64encode(frame).decode()})

    def wait(self, until):
        while True:
            left = until - self.now()
            ready = select.select([self.tap, self.wake_read], [], [], max(0, left) / 1000)[0]
            if self.wake_read in ready:
                os.read(self.wake_read, 1000)
            got = self.frames() if self.tap in ready else []
            done, self.done = self.done, []
            if got or done or left <= 0:
                return {'frames': got, 'done': done}

    def shell(self, command):
        command = re.sub('net.ipv4.tcp_congestion_control=cubic ?', '', command)
        command = re.sub(r'(ip route \w+ .*)', rf'\1{self.congestion}', command)
        if re.fullmatch(r'\s*sysctl( -\w+)*\s*', command):
            return {}
        result = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if result.returncode != 0:
            raise Unknown(f'"{command.strip()}" ends with {result.returncode}: {result.stdout.decode().strip()[-200:]}')
        return {}

    def call(self, identity, name, args, result):
        def work():
            try:
                out = self.perform(name, args, result)
                told = out if isinstance(out, dict) else {'value': out, 'errno': None}
            except OSError as error:
                told = {'value': -1, 'errno': errno.errorcode.get(error.errno, str(error.errno))}
            except Unknown as error:
                told = {'unknown': str(error)}
            except Exception as error:  # a call this program does not know how to make
                told = {'unknown': f'{name}: {error!r}'}
            self.done.append({'id': identity, 'at': self.now(), 'told': told})
            os.write(self.wake_write, b'.')
        threading.Thread(target=work, daemon=True).start()
        # Calls that return do so at once: their answer is waited for a moment.
        deadline = self.now() + 30
        while self.now() < deadline and not any(each['id'] == identity for each in self.done):
            select.select([self.wake_read], [], [], 0.03)
            break
        done, self.done = self.done, []
        return {'done': done, 'frames': self.frames()}

    def timeline(self, items, until):
        """What is all known before: frames and calls that do not block, each at its time; and what TCP_INFO says then."""
        steps, frames = [], []
        for item in items:
            frames += self.pass_time(item['at'])
            info = self.info(item['about'])['info'] if item.get('about') is not None else {}
            at, told = self.now(), None
            if 'frame' in item:
                os.write(self.tap, base64.b64decode(item['frame'])[14:])
            else:
                try:
                    out = self.perform(item['name'], item['args'], item['result'])
                    told = {'value': out['value'] if isinstance(out, dict) else out, 'errno': None}
                except OSError as error:
                    told = {'value': -1, 'errno': errno.errorcode.get(error.errno, str(error.errno))}
            steps.append({'at': at, 'told': told, 'info': info})
        frames += self.pass_time(until)
        return {'steps': steps, 'frames': frames}

    def pass_time(self, until):
        frames = self.frames()
        while (left := until - self.now()) > 0:
            if select.select([self.tap], [], [], left / 1000)[0]:
                frames += self.frames()
        return frames

    def fd(self, value):
        known = self.files.get(number(value))
        if known is None:
            raise OSError(errno.EBADF, 'no such descriptor')
        return known

    def keep(self, script, made):
        self.files[script] = made
        return script

    def address(self, value, ip, port):
        if value is None or value['kind'] == 'open':
            return (ip, port)
        family = field(value, 'sa_family', 'sin_family', 'sin6_family')
        if family is not None and family.get('name') == 'AF_UNSPEC':
            return None
        ports = field(value, 'sin_port', 'sin6_port')
        text = field(value, 'sin_addr', 'sin6_addr')
        if text is not None:
            text = text['arguments'][-1] if text['kind'] == 'apply' else text
            ip = text['text'] if text['kind'] == 'text' else ('::' if self.v6 else '0.0.0.0')
        return (ip, port if ports is None or ports['kind'] == 'open' else number(ports))

    def local(self):
        return self.options['bindLocal']

    def perform(self, name, a, result):
        o = self.options
        if name == 'socket':
            family = socket.AF_INET6 if o['sockets'] == 6 else socket.AF_INET
            return self.keep(result, socket.socket(family, number(a[1]), number(a[2])))
        if name == 'bind':
            self.fd(a[0]).bind(self.address(a[1], self.local(), o['bindPort']))
            return 0
        if name == 'listen':
            self.fd(a[0]).listen(number(a[1]))
            return 0
        if name in ('accept', 'accept4'):
            made, _ = self.fd(a[0]).accept()
            if name == 'accept4' and number(a[3]) & os.O_NONBLOCK:
                fcntl.fcntl(made, fcntl.F_SETFL, os.O_NONBLOCK | os.O_RDWR)
            return self.keep(result, made)
        if name == 'connect':
            to = self.address(a[1], o['remote'], o['connectPort'])
            if to is None:
                libc = ctypes.CDLL(None, use_errno=True)
                if libc.connect(self.fd(a[0]).fileno(), bytes(16), 16) != 0:
                    raise OSError(ctypes.get_errno(), 'connect')
            else:
                self.fd(a[0]).connect(to)
            return 0
        if name in ('read', 'recv', 'recvfrom'):
            return len(self.fd(a[0]).recv(number(a[2]), number(a[3]) if len(a) > 3 else 0))
        if name == 'readv':
            return len(self.fd(a[0]).recv(self.vector(a[1])))
        if name == 'write':
            return self.fd(a[0]).send(bytes(number(a[2])))
        if name == 'writev':
            return self.fd(a[0]).send(bytes(self.vector(a[1])))
        if name == 'send':
            return self.fd(a[0]).send(bytes(number(a[2])), number(a[3]))
        if name == 'sendto':
            data, flags = bytes(number(a[2])), number(a[3])
            to = a[4] if len(a) > 4 else None
            if to is None or to.get('name') == 'NULL':
                return self.fd(a[0]).send(data, flags)
            return self.fd(a[0]).sendto(data, flags, self.address(to, o['remote'], o['connectPort']))
        if name == 'sendmsg':
            size, flags = self.vector(field(a[1], 'msg_iov')), number(a[2])
            control = field(a[1], 'msg_control')
            ancillary = [(number(field(c, 'cmsg_level')), number(field(c, 'cmsg_type')),
                          struct.pack('I', number(field(c, 'cmsg_data')))) for c in (control or {}).get('items', [])]
            to = (self.address(field(a[1], 'msg_name'), o['remote'], o['connectPort']),) if flags & 0x20000000 else ()
            return self.fd(a[0]).sendmsg([bytes(size)], ancillary, flags, *to)
        if name == 'recvmsg':
            return self.receive_message(a)
        if name == 'sendfile':
            with open('/dev/zero', 'rb') as zeros:
                data = zeros.read(number(a[3]))
            return self.fd(a[0]).send(data)
        if name == 'splice':
            return self.splice(a)
        if name == 'shutdown':
            self.fd(a[0]).shutdown(number(a[1]))
            return 0
        if name == 'close':
            self.fd(a[0])
            made = self.files.pop(number(a[0]))
            fd = made.detach() if isinstance(made, socket.socket) else None
            os.close(fd) if fd is not None else made.close()
            return 0
        if name == 'fcntl':
            if a[1].get('name') == 'F_GETFL':
                return fcntl.fcntl(self.fd(a[0]), fcntl.F_GETFL)
            return fcntl.fcntl(self.fd(a[0]), fcntl.F_SETFL, number(a[2]))
        if name == 'ioctl':
            told = fcntl.ioctl(self.fd(a[0]), IOCTL[a[1]['name']], bytes(4))
            return {'value': 0, 'errno': None, 'number': struct.unpack('i', told)[0]}
        if name == 'setsockopt':
            self.set_option(a)
            return 0
        if name == 'getsockopt':
            return self.get_option(a)
        if name == 'poll':
            asked = select.poll()
            for each in a[0]['items']:
                asked.register(self.fd(field(each, 'fd')), number(field(each, 'events')))
            told = dict(asked.poll(number(a[2])))
            events = [told.get(self.fd(field(each, 'fd')).fileno(), 0) for each in a[0]['items']]
            return {'value': len(told), 'errno': None, 'revents': events}
        if name in ('epoll_create', 'epoll_create1'):
            return self.keep(result, select.epoll())
        if name == 'epoll_ctl':
            epoll, what, target = self.fd(a[0]), number(a[1]), self.fd(a[2])
            if what == 2:
                epoll.unregister(target)
            else:
                (epoll.register if what == 1 else epoll.modify)(target, number(field(a[3], 'events')) & 0xffffffff)
            return 0
        if name == 'epoll_wait':
            wait = number(a[3])
            told = self.fd(a[0]).poll(None if wait < 0 else wait / 1000, number(a[2]))
            own = {made.fileno(): script for script, made in self.files.items()}
            return {'value': len(told), 'errno': None, 'events': [{'fd': own.get(fd), 'events': e} for fd, e in told]}
        raise Unknown(f'{name}()')

    def vector(self, value):
        return sum(number(each['items'][-1] if each['items'] else field(each, 'iov_len')) for each in (value or {'items': []})['items'])

    def receive_message(self, a):
        size, flags = self.vector(field(a[1], 'msg_iov')), number(a[2])
        data, ancillary, told_flags, _ = self.fd(a[0]).recvmsg(size, 1024, flags)
        control = []
        for level, kind, content in ancillary:
            if (level, kind) == (6, 36):
                control.append({'level': 'SOL_TCP', 'type': 'TCP_CM_INQ', 'data': struct.unpack('i', content)[0]})
            elif level == 1 and kind in (37, 65):
                second, nano = struct.unpack('qq', content[:16])
                wall = second * 1000 + nano / 1e6
                offset = time.time() * 1000 - self.now()
                control.append({'level': 'SOL_SOCKET', 'type': 'SCM_TIMESTAMPING', 'data': {'at': wall - offset}})
            elif kind in (11, 25):
                number_, origin, kind_, code, _, info, about = struct.unpack('IBBBBII', content[:16])
                control.append({'level': 'IP', 'type': 'RECVERR', 'data': {'ee_errno': number_, 'ee_origin': origin,
                                'ee_type': kind_, 'ee_code': code, 'ee_info': info, 'ee_data': about}})
            else:
                control.append({'level': str(level), 'type': str(kind), 'data': 0})
        return {'value': len(data), 'errno': None, 'flags': told_flags & ~0x40000000, 'control': control}

    def splice(self, a):
        read, write = os.pipe()
        try:
            size, flags = number(a[4]), number(a[5])
            fcntl.fcntl(write, 1031, 1 << 20)
            source = self.files.get(number(a[0])) if a[0]['kind'] == 'number' else None
            if source is not None:
                return os.splice(source.fileno(), write, size, flags=flags)
            os.write(write, bytes(size))
            return os.splice(read, self.fd(a[2]).fileno(), size, flags=flags)
        finally:
            os.close(read)
            os.close(write)

    def set_option(self, a):
        level, name, value = number(a[1]), number(a[2]), inside(a[3])
        if a[2].get('name') in ('TCP_MD5SIG', 'TCP_MD5SIG_EXT'):
            # Everybody is not for Linux without a prefix: the script's other side is.
            key = field(value, 'tcpm_key', 'key')
            key = key['text'].encode() if key is not None else b''
            size = field(value, 'tcpm_keylen', 'keylen')
            size = number(size) if size is not None else len(key)
            address = struct.pack('HH4s120x', 2, 0, socket.inet_aton(self.options['remote']))
            data = address + struct.pack('BBHi80s', 0, 0, size, 0, key)
        elif a[2].get('name') == 'SO_LINGER':
            data = struct.pack('ii', number(field(value, 'onoff', 'l_onoff')), number(field(value, 'linger', 'l_linger')))
        elif a[2].get('name') in ('SO_RCVTIMEO', 'SO_SNDTIMEO'):
            data = struct.pack('ll', number(field(value, 'tv_sec', 'sec')), number(field(value, 'tv_usec', 'usec')))
        elif value['kind'] == 'text':
            data = value['text'].encode('latin1')
        elif a[2].get('name') == 'SO_MAX_PACING_RATE' and len(a) > 4 and number(a[4]) == 8:
            data = struct.pack('Q', number(value))
        else:
            data = struct.pack('I', number(value) & 0xffffffff)
        self.fd(a[0]).setsockopt(level, name, data)

    def get_option(self, a):
        what = a[2].get('name')
        told = self.fd(a[0]).getsockopt(number(a[1]), number(a[2]), 256)
        if what == 'SO_LINGER':
            on, seconds = struct.unpack('ii', told)
            return {'value': 0, 'errno': None, 'linger': {'onoff': on, 'linger': seconds}}
        if what == 'TCP_CONGESTION':
            return {'value': 0, 'errno': None, 'text': told.rstrip(b'\0').decode()}
        plain = struct.unpack('i', told[:4])[0] if len(told) >= 4 else told[0] if told else 0
        if what == 'SO_ERROR':
            return {'value': 0, 'errno': None, 'text': errno.errorcode.get(plain, '0'), 'number': plain}
        return {'value': 0, 'errno': None, 'number': plain}

    def info(self, fd):
        made = self.files.get(fd)
        if made is None:
            return {'info': {}}
        told = made.getsockopt(6, 11, 400)
        info = dict(zip(BYTES, told[:6]))
        info.update(snd_wscale=told[6] & 15, rcv_wscale=told[6] >> 4, delivery_rate_app_limited=told[7] & 1,
                    fastopen_client_fail=told[7] >> 1 & 3)
        info.update(zip(WORDS, struct.unpack('24I', told[8:104])))
        at = 104
        for each in REST:
            kind, name = each.split()
            size = struct.calcsize(kind)
            if at + size <= len(told):
                info[name] = struct.unpack(kind, told[at:at + size])[0]
            at += size
        return {'info': {f'tcpi_{name}': value for name, value in info.items()}}


def serve(commands, answers, asked):
    """One script: from its start to its end, in a process and a namespace of its own."""
    kernel = None
    while asked is not None:
        what = asked.pop('op')
        try:
            if what == 'start':
                kernel = Kernel(asked)
                told = {}
            elif what == 'inject':
                # Whole at once; a frame larger than the MTU stands for one that was put together.
                os.write(kernel.tap, base64.b64decode(asked['frame'])[14:])
                told = {'frames': kernel.frames()}
            elif what == 'end':
                os._exit(0)
            else:
                told = getattr(kernel, what)(*asked['args'])
        except Unknown as error:
            told = {'unknown': str(error)}
        except Exception as error:
            told = {'broken': repr(error)}
        if kernel is not None and hasattr(kernel, 'start'):
            told['now'] = kernel.now()
        answer(answers, told)
        asked = command(commands)


def command(commands):
    line = b''
    while not line.endswith(b'\n'):
        got = os.read(commands, 1 << 20)
        if got == b'':
            return None
        line += got
    return json.loads(line)


def answer(answers, told):
    line = json.dumps(told).encode() + b'\n'
    while line:
        line = line[os.write(answers, line):]


def main():
    commands, answers = os.open(sys.argv[1], os.O_RDONLY), os.open(sys.argv[2], os.O_WRONLY)
    while True:
        asked = command(commands)
        if asked is None:
            return
        child = os.fork()
        if child == 0:
            serve(commands, answers, asked)
            os._exit(0)
        os.waitpid(child, 0)
        answer(answers, {})


main()
