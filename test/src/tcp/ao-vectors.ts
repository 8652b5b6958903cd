/** The segments of RFC 9235, sections 4 to 7, as IP packets, with the traffic key of each: four of each connection. A digit too many in a key of section 4.2.2 is left out. */
export const AO_VECTORS: readonly { section: string; key: string; packet: string }[] = [
  {
    section: '4.1.1',
    key: '6d63ef1b02fe1509d4b1402707fd7b0416abb74f',
    packet: `45 e0 00 4c dd 0f 40 00 ff 06 bf 6b 0a 0b 0c 0d ac 1b 1c 1d e9 d7 00 b3 fb fb ab 5a 00 00 00 00
      e0 02 ff ff ca c4 00 00 02 04 05 b4 01 03 03 08 04 02 08 0a 00 15 5a b7 00 00 00 00 1d 10 3d 54
      2e e4 37 c6 f8 ed e6 d7 c4 d6 02 e7`,
  },
  {
    section: '4.1.2',
    key: 'd9e217e4834a80ca2f3fd8de2e41b8e6797fea96',
    packet: `45 e0 00 4c 65 06 40 00 ff 06 37 75 ac 1b 1c 1d 0a 0b 0c 0d 00 b3 e9 d7 11 c1 42 61 fb fb ab 5b
      e0 12 ff ff 37 76 00 00 02 04 05 b4 01 03 03 08 04 02 08 0a 84 a5 0b eb 00 15 5a b7 1d 10 54 3d
      ee ab 0f e2 4c 30 10 81 51 16 b3 be`,
  },
  {
    section: '4.1.3',
    key: 'd2e59c65ffc7b1a39347656463b70edc24a13d71',
    packet: `45 e0 00 87 36 a1 40 00 ff 06 65 9f 0a 0b 0c 0d ac 1b 1c 1d e9 d7 00 b3 fb fb ab 5b 11 c1 42 62
      c0 18 01 04 a1 62 00 00 01 01 08 0a 00 15 5a c1 84 a5 0b eb 1d 10 3d 54 70 64 cf 99 8c c6 c3 15
      c2 c2 e2 bf ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00 43 01 04 da bf 00 b4 0a 0b 0c 0d
      26 02 06 01 04 00 01 00 01 02 02 80 00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 da bf 02 08 40
      06 00 64 00 01 01 00`,
  },
  {
    section: '4.1.4',
    key: 'd9e217e4834a80ca2f3fd8de2e41b8e6797fea96',
    packet: `45 e0 00 87 1f a9 40 00 ff 06 7c 97 ac 1b 1c 1d 0a 0b 0c 0d 00 b3 e9 d7 11 c1 42 62 fb fb ab 9e
      c0 18 01 00 40 0c 00 00 01 01 08 0a 84 a5 0b f5 00 15 5a c1 1d 10 54 3d a6 3f 0e cb bb 2e 63 5c
      95 4d ea c7 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00 43 01 04 da c0 00 b4 ac 1b 1c 1d
      26 02 06 01 04 00 01 00 01 02 02 80 00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 da c0 02 08 40
      06 00 64 00 01 01 00`,
  },
  {
    section: '4.2.1',
    key: '30eaa1560cf0be57dab5c045229fb10a423cd7ea',
    packet: `45 e0 00 4c 53 99 40 00 ff 06 48 e2 0a 0b 0c 0d ac 1b 1c 1d ff 12 00 b3 cb 0e fb ee 00 00 00 00
      e0 02 ff ff 54 1f 00 00 02 04 05 b4 01 03 03 08 04 02 08 0a 00 02 4c ce 00 00 00 00 1d 10 3d 54
      80 af 3c fe b8 53 68 93 7b 8f 9e c2`,
  },
  {
    section: '4.2.2',
    key: 'b5b2896bb3664e8176b0edc6e799524101a8307f',
    packet: `45 e0 00 4c 32 84 40 00 ff 06 69 f7 ac 1b 1c 1d 0a 0b 0c 0d 00 b3 ff 12 ac d5 b5 e1 cb 0e fb ef
      e0 12 ff ff 38 8e 00 00 02 04 05 b4 01 03 03 08 04 02 08 0a 57 67 72 f3 00 02 4c ce 1d 10 54 3d
      09 30 6f 9a ce a6 3a 8c 68 cb 9a 70`,
  },
  {
    section: '4.2.3',
    key: 'f3db1793d7910ecd806c34f155ea1f00345953e3',
    packet: `45 e0 00 87 a8 f5 40 00 ff 06 f3 4a 0a 0b 0c 0d ac 1b 1c 1d ff 12 00 b3 cb 0e fb ef ac d5 b5 e2
      c0 18 01 04 6c 45 00 00 01 01 08 0a 00 02 4c ce 57 67 72 f3 1d 10 3d 54 71 06 08 cc 69 6c 03 a2
      71 c9 3a a5 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00 43 01 04 da bf 00 b4 0a 0b 0c 0d
      26 02 06 01 04 00 01 00 01 02 02 80 00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 da bf 02 08 40
      06 00 64 00 01 01 00`,
  },
  {
    section: '4.2.4',
    key: 'b5b2896bb3664e8176b0edc6e799524101a8307f',
    packet: `45 e0 00 87 54 37 40 00 ff 06 48 09 ac 1b 1c 1d 0a 0b 0c 0d 00 b3 ff 12 ac d5 b5 e2 cb 0e fc 32
      c0 18 01 00 46 b6 00 00 01 01 08 0a 57 67 72 f3 00 02 4c ce 1d 10 54 3d 97 76 6e 48 ac 26 2d e9
      ae 61 b4 f9 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00 43 01 04 da c0 00 b4 ac 1b 1c 1d
      26 02 06 01 04 00 01 00 01 02 02 80 00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 da c0 02 08 40
      06 00 64 00 01 01 00`,
  },
  {
    section: '5.1.1',
    key: 'f5b8b3d5f34fdbb6eb8d4ab9660e60e3',
    packet: `45 e0 00 4c 7b 9f 40 00 ff 06 20 dc 0a 0b 0c 0d ac 1b 1c 1d c4 fa 00 b3 78 7a 1d df 00 00 00 00
      e0 02 ff ff 5a 0f 00 00 02 04 05 b4 01 03 03 08 04 02 08 0a 00 01 7e d0 00 00 00 00 1d 10 3d 54
      e4 77 e9 9c 80 40 76 54 98 e5 50 91`,
  },
  {
    section: '5.1.2',
    key: '4bc7571a486f3264bbd888474066b4b1',
    packet: `45 e0 00 4c 4b ad 40 00 ff 06 50 ce ac 1b 1c 1d 0a 0b 0c 0d 00 b3 c4 fa fa dd 6d e9 78 7a 1d e0
      e0 12 ff ff f3 f2 00 00 02 04 05 b4 01 03 03 08 04 02 08 0a 93 f4 e9 e8 00 01 7e d0 1d 10 54 3d
      d6 ad a7 bc 4c dd 53 6d 17 69 db 5f`,
  },
  {
    section: '5.1.3',
    key: '8c8ae0e8371ec5cbb97ea79d90418391',
    packet: `45 e0 00 87 fb 4f 40 00 ff 06 a0 f0 0a 0b 0c 0d ac 1b 1c 1d c4 fa 00 b3 78 7a 1d e0 fa dd 6d ea
      c0 18 01 04 95 05 00 00 01 01 08 0a 00 01 7e d0 93 f4 e9 e8 1d 10 3d 54 77 41 27 42 fa 4d c4 33
      ef f0 97 3e ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00 43 01 04 da bf 00 b4 0a 0b 0c 0d
      26 02 06 01 04 00 01 00 01 02 02 80 00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 da bf 02 08 40
      06 00 64 00 01 01 00`,
  },
  {
    section: '5.1.4',
    key: '4bc7571a486f3264bbd888474066b4b1',
    packet: `45 e0 00 87 b9 14 40 00 ff 06 e3 2b ac 1b 1c 1d 0a 0b 0c 0d 00 b3 c4 fa fa dd 6d ea 78 7a 1e 23
      c0 18 01 00 e7 db 00 00 01 01 08 0a 93 f4 e9 e8 00 01 7e d0 1d 10 54 3d f6 d9 65 a7 83 82 a7 48
      45 f7 2d ac ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00 43 01 04 da c0 00 b4 ac 1b 1c 1d
      26 02 06 01 04 00 01 00 01 02 02 80 00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 da c0 02 08 40
      06 00 64 00 01 01 00`,
  },
  {
    section: '5.2.1',
    key: '2cdbae1392c49449fa92c4509735d50e',
    packet: `45 e0 00 4c f2 2e 40 00 ff 06 aa 4c 0a 0b 0c 0d ac 1b 1c 1d da 1c 00 b3 38 9b ed 71 00 00 00 00
      e0 02 ff ff 70 bf 00 00 02 04 05 b4 01 03 03 08 04 02 08 0a 00 01 85 e1 00 00 00 00 1d 10 3d 54
      c4 4e 60 cb 31 f7 c0 b1 de 3d 27 49`,
  },
  {
    section: '5.2.2',
    key: '3ce67a551869506b6347b633c50a624a',
    packet: `45 e0 00 4c 6c c0 40 00 ff 06 2f bb ac 1b 1c 1d 0a 0b 0c 0d 00 b3 da 1c d3 84 4a 6f 38 9b ed 72
      e0 12 ff ff e4 45 00 00 02 04 05 b4 01 03 03 08 04 02 08 0a ce 45 98 38 00 01 85 e1 1d 10 54 3d
      3a 6a bb 20 7e 49 b1 be 71 36 db 90`,
  },
  {
    section: '5.2.3',
    key: '035bc400a341ffe595f59f58005006ca',
    packet: `45 e0 00 87 ee 91 40 00 ff 06 ad ae 0a 0b 0c 0d ac 1b 1c 1d da 1c 00 b3 38 9b ed 72 d3 84 4a 70
      c0 18 01 04 88 51 00 00 01 01 08 0a 00 01 85 e1 ce 45 98 38 1d 10 3d 54 75 85 e9 e9 d5 c3 ec 85
      7b 96 f8 37 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00 43 01 04 da bf 00 b4 0a 0b 0c 0d
      26 02 06 01 04 00 01 00 01 02 02 80 00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 da bf 02 08 40
      06 00 64 00 01 01 00`,
  },
  {
    section: '5.2.4',
    key: '3ce67a551869506b6347b633c50a624a',
    packet: `45 e0 00 87 6a 21 40 00 ff 06 32 1f ac 1b 1c 1d 0a 0b 0c 0d 00 b3 da 1c d3 84 4a 70 38 9b ed 72
      c0 18 01 00 04 49 00 00 01 01 08 0a ce 45 98 38 00 01 85 e1 1d 10 54 3d 5c 04 0f d9 23 33 04 76
      5c 09 82 f4 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00 43 01 04 da c0 00 b4 ac 1b 1c 1d
      26 02 06 01 04 00 01 00 01 02 02 80 00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 da c0 02 08 40
      06 00 64 00 01 01 00`,
  },
  {
    section: '6.1.1',
    key: '625ec09d575836edc9b6428418bbf06989a361bb',
    packet: `6e 08 91 dc 00 38 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 02 f7 e4 00 b3 17 6a 83 3f 00 00 00 00 e0 02 ff ff 47 21 00 00 02 04 05 a0
      01 03 03 08 04 02 08 0a 00 41 d0 87 00 00 00 00 1d 10 3d 54 90 33 ec 3d 73 34 b6 4c 5e dd 03 9f`,
  },
  {
    section: '6.1.2',
    key: 'e4a37ada2a0afca8711434913fe138c771ebcb4a',
    packet: `6e 01 00 9e 00 38 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 01 00 b3 f7 e4 3f 51 99 4b 17 6a 83 40 e0 12 ff ff bf ec 00 00 02 04 05 a0
      01 03 03 08 04 02 08 0a bd 33 12 9b 00 41 d0 87 1d 10 54 3d f1 cb a3 46 c3 52 61 63 f7 1f 1f 55`,
  },
  {
    section: '6.1.3',
    key: '1ed82975f4ea444c61580c5bd90dbd61bbc91b7e',
    packet: `6e 08 91 dc 00 73 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 02 f7 e4 00 b3 17 6a 83 40 3f 51 99 4c c0 18 01 00 32 9c 00 00 01 01 08 0a
      00 41 d0 91 bd 33 12 9b 1d 10 3d 54 bf 08 05 fe b4 ac 7b 16 3d 6f cd f2 ff ff ff ff ff ff ff ff
      ff ff ff ff ff ff ff ff 00 43 01 04 fd e8 00 b4 01 01 01 79 26 02 06 01 04 00 01 00 01 02 02 80
      00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 fd e8 02 08 40 06 00 64 00 01 01 00`,
  },
  {
    section: '6.1.4',
    key: 'e4a37ada2a0afca8711434913fe138c771ebcb4a',
    packet: `6e 01 00 9e 00 73 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 01 00 b3 f7 e4 3f 51 99 4c 17 6a 83 83 c0 18 01 00 ee 6e 00 00 01 01 08 0a
      bd 33 12 a5 00 41 d0 91 1d 10 54 3d 6c 48 12 5c 11 33 5b ab 9a 07 a7 97 ff ff ff ff ff ff ff ff
      ff ff ff ff ff ff ff ff 00 43 01 04 fd e8 00 b4 01 01 01 7a 26 02 06 01 04 00 01 00 01 02 02 80
      00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 fd e8 02 08 40 06 00 64 00 01 01 00`,
  },
  {
    section: '6.2.1',
    key: '31a3faf69effae52931b7f845467315c270a4edc',
    packet: `6e 07 8f cd 00 38 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 02 c6 cd 00 b3 02 0c 1e 69 00 00 00 00 e0 02 ff ff a4 1a 00 00 02 04 05 a0
      01 03 03 08 04 02 08 0a 00 9d b9 5b 00 00 00 00 1d 10 3d 54 88 56 98 b0 53 0e d4 d5 a1 5f 83 46`,
  },
  {
    section: '6.2.2',
    key: '405108947f996575e7bdbc26d40216a2c7fa91bd',
    packet: `6e 0a 7e 1f 00 38 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 01 00 b3 c6 cd eb a3 73 4d 02 0c 1e 6a e0 12 ff ff 77 4d 00 00 02 04 05 a0
      01 03 03 08 04 02 08 0a 5e c9 9b 70 00 9d b9 5b 1d 10 54 3d 3c 54 6b ad 97 43 f1 2d f8 b8 01 0d`,
  },
  {
    section: '6.2.3',
    key: 'b34eed6a9396a669f1c4f4f57618f3656f52c7ab',
    packet: `6e 07 8f cd 00 73 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 02 c6 cd 00 b3 02 0c 1e 6a eb a3 73 4e c0 18 01 00 83 e6 00 00 01 01 08 0a
      00 9d b9 65 5e c9 9b 70 1d 10 3d 54 48 bd 09 3b 19 24 e0 01 19 2f 5b f0 ff ff ff ff ff ff ff ff
      ff ff ff ff ff ff ff ff 00 43 01 04 fd e8 00 b4 01 01 01 79 26 02 06 01 04 00 01 00 01 02 02 80
      00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 fd e8 02 08 40 06 00 64 00 01 01 00`,
  },
  {
    section: '6.2.4',
    key: '405108947f996575e7bdbc26d40216a2c7fa91bd',
    packet: `6e 0a 7e 1f 00 73 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 01 00 b3 c6 cd eb a3 73 4e 02 0c 1e ad c0 18 01 00 71 6a 00 00 01 01 08 0a
      5e c9 9b 7a 00 9d b9 65 1d 10 54 3d 55 9a 81 94 45 b4 fd e9 8d 9e 13 17 ff ff ff ff ff ff ff ff
      ff ff ff ff ff ff ff ff 00 43 01 04 fd e8 00 b4 01 01 01 7a 26 02 06 01 04 00 01 00 01 02 02 80
      00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 fd e8 02 08 40 06 00 64 00 01 01 00`,
  },
  {
    section: '7.1.1',
    key: 'fa5a2108882d39d0c71929175ab1b7b8',
    packet: `6e 04 a7 06 00 38 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 02 f8 5a 00 b3 19 3c cc ec 00 00 00 00 e0 02 ff ff de 5d 00 00 02 04 05 a0
      01 03 03 08 04 02 08 0a 13 e4 ab 99 00 00 00 00 1d 10 3d 54 59 b5 88 10 74 81 ac 6d c3 92 70 40`,
  },
  {
    section: '7.1.2',
    key: 'cf1b1e225e06a63616764a067b46f4b1',
    packet: `6e 06 15 20 00 38 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 01 00 b3 f8 5a a6 74 4e cb 19 3c cc ed e0 12 ff ff ea bb 00 00 02 04 05 a0
      01 03 03 08 04 02 08 0a 71 da ab c8 13 e4 ab 99 1d 10 54 3d dc 28 43 a8 4e 78 a6 bc fd c5 ed 80`,
  },
  {
    section: '7.1.3',
    key: '6174c3557abed27574dba37185f00300',
    packet: `6e 04 a7 06 00 73 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 02 f8 5a 00 b3 19 3c cc ed a6 74 4e cc c0 18 01 00 32 80 00 00 01 01 08 0a
      13 e4 ab a3 71 da ab c8 1d 10 3d 54 7b 6a 45 5c 0d 4f 5f 01 83 5b aa b3 ff ff ff ff ff ff ff ff
      ff ff ff ff ff ff ff ff 00 43 01 04 fd e8 00 b4 01 01 01 79 26 02 06 01 04 00 01 00 01 02 02 80
      00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 fd e8 02 08 40 06 00 64 00 01 01 00`,
  },
  {
    section: '7.1.4',
    key: 'cf1b1e225e06a63616764a067b46f4b1',
    packet: `6e 06 15 20 00 73 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 01 00 b3 f8 5a a6 74 4e cc 19 3c cd 30 c0 18 01 00 52 f4 00 00 01 01 08 0a
      71 da ab d3 13 e4 ab a3 1d 10 54 3d c1 06 9b 7d fd 3d 69 3a 6d f3 f2 89 ff ff ff ff ff ff ff ff
      ff ff ff ff ff ff ff ff 00 43 01 04 fd e8 00 b4 01 01 01 7a 26 02 06 01 04 00 01 00 01 02 02 80
      00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 fd e8 02 08 40 06 00 64 00 01 01 00`,
  },
  {
    section: '7.2.1',
    key: 'a94f511263e4093d35dd818c13bbbf53',
    packet: `6e 09 3d 76 00 38 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 02 f2 88 00 b3 b0 1d a7 4a 00 00 00 00 e0 02 ff ff 75 ff 00 00 02 04 05 a0
      01 03 03 08 04 02 08 0a 14 27 5b 3b 00 00 00 00 1d 10 3d 54 3d 45 b4 34 2d e8 bb 15 30 84 78 98`,
  },
  {
    section: '7.2.2',
    key: '92dea5bbc78b1d9f5b2952e9cd30642a',
    packet: `6e 0c 60 0a 00 38 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 01 00 b3 f2 88 a6 24 61 45 b0 1d a7 4b e0 12 ff ff a7 0c 00 00 02 04 05 a0
      01 03 03 08 04 02 08 0a 17 82 24 5b 14 27 5b 3b 1d 10 54 3d 1d 01 f6 c8 7c 6f 93 ac ff a9 d4 b5`,
  },
  {
    section: '7.2.3',
    key: '4fb2086e402c679079ed65d4bf97693d',
    packet: `6e 09 3d 76 00 73 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 02 f2 88 00 b3 b0 1d a7 4b a6 24 61 46 c0 18 01 00 c3 6d 00 00 01 01 08 0a
      14 27 5b 4f 17 82 24 5b 1d 10 3d 54 29 0c f4 14 cc b4 7a 33 32 76 e7 f8 ff ff ff ff ff ff ff ff
      ff ff ff ff ff ff ff ff 00 43 01 04 fd e8 00 b4 01 01 01 79 26 02 06 01 04 00 01 00 01 02 02 80
      00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 fd e8 02 08 40 06 00 64 00 01 01 00`,
  },
  {
    section: '7.2.4',
    key: '92dea5bbc78b1d9f5b2952e9cd30642a',
    packet: `6e 0c 60 0a 00 73 06 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 fd 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 01 00 b3 f2 88 a6 24 61 46 b0 1d a7 8e c0 18 01 00 34 51 00 00 01 01 08 0a
      17 82 24 65 14 27 5b 4f 1d 10 54 3d 99 51 5f fc d5 40 34 99 f6 19 fd 1b ff ff ff ff ff ff ff ff
      ff ff ff ff ff ff ff ff 00 43 01 04 fd e8 00 b4 01 01 01 7a 26 02 06 01 04 00 01 00 01 02 02 80
      00 02 02 02 00 02 02 42 00 02 06 41 04 00 00 fd e8 02 08 40 06 00 64 00 01 01 00`,
  },
];
